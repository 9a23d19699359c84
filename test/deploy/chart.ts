import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBelow, ROOT, run } from './deploy-kit.js';

const CHART = 'deploy/helm/waybill';
const RULES = 'deploy/prometheus/waybill.rules.yml';

/** Values of a release that has everything on. */
const EVERYTHING = {
  image: { digest: `sha256:${'0'.repeat(64)}`, pullSecrets: [{ name: 'registry' }] },
  gateway: { role: 'api', autoscaling: { enabled: true } },
  worker: { enabled: true, autoscaling: { enabled: true } },
  ingress: { enabled: true, className: 'nginx', tlsSecretName: 'hooks-tls' },
  serviceMonitor: { enabled: true },
  prometheusRule: { enabled: true },
  networkPolicy: { ingressFrom: [], monitoringFrom: [] },
};

export const RELEASES = { default: {}, everything: EVERYTHING };
export type ReleaseName = keyof typeof RELEASES;

/** Checksum of all that a rendering depends on. */
export function chartSum(): string {
  const hash = createHash('sha256').update(JSON.stringify(RELEASES));
  for (const file of [...filesBelow(CHART), RULES]) {
    hash.update(`\n${file}\n`).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

/** Where the rendering of a release is kept, for machines without helm. */
export const renderedFile = (name: ReleaseName): string => `test/deploy/rendered/${name}.yaml.txt`;

/** `helm template` of the chart with these values. */
export function render(helm: string, values: object): { code: number | null; text: string } {
  const home = mkdtempSync(join(tmpdir(), 'waybill-helm-'));
  const file = join(home, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  try {
    return run(helm, [
      ...['template', 'rel', join(ROOT, CHART), '--namespace', 'affiliates'],
      ...['--kube-version', '1.31.0', '--values', file],
      ...['--set-file', `prometheusRule.rules=${join(ROOT, RULES)}`],
    ]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

export const lint = (helm: string): { code: number | null; text: string } =>
  run(helm, ['lint', '--strict', join(ROOT, CHART)]);
