import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { chartSum, lint, RELEASES, render, renderedFile, type ReleaseName } from './chart.js';
import { documentsOf, MANIFEST, ROOT, SETTINGS, textOf, tool, yamlOf } from './deploy-kit.js';

/** Any object of Kubernetes, as deep as these checks look. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Spec;
}
interface Spec {
  readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly template: { readonly metadata: Manifest['metadata']; readonly spec: Pod };
  readonly replicas?: number;
  readonly maxUnavailable?: number;
  readonly ingress: readonly unknown[];
  readonly egress: readonly { readonly to?: readonly unknown[] }[];
  readonly metrics: readonly {
    readonly external?: { readonly metric: { readonly name: string } };
  }[];
  readonly groups: readonly { readonly rules: readonly unknown[] }[];
  readonly scaleTargetRef: { readonly name: string };
  readonly rules: readonly { readonly http: { readonly paths: readonly unknown[] } }[];
}
interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
}
interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom: readonly unknown[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly [probe: string]: unknown;
}

const helm = tool('helm', 'WAYBILL_HELM');
const withHelm = helm === undefined ? it.skip : it;
const NAMES = Object.keys(RELEASES) as ReleaseName[];
const HEADER = /^# Rendered from the chart ([0-9a-f]{64})\.\n/;
const REDO = 'WAYBILL_RENDER=1 npm test -- test/deploy/helm   (needs helm)';

const head = `# Rendered from the chart ${chartSum()}.\n`;
if (process.env['WAYBILL_RENDER'] === '1' && helm !== undefined) {
  for (const name of NAMES) {
    const { code, text } = render(helm, RELEASES[name]);
    if (code !== 0) throw new Error(text);
    writeFileSync(join(ROOT, renderedFile(name)), `${head}${text}`);
  }
}

const objectsOf = (name: ReleaseName): readonly Manifest[] =>
  documentsOf(textOf(renderedFile(name))) as readonly Manifest[];
const ofKind = (name: ReleaseName, kind: string): readonly Manifest[] =>
  objectsOf(name).filter((one) => one.kind === kind);

describe('the values', () => {
  const check = new Ajv({ strict: false }).compile(
    JSON.parse(textOf('deploy/helm/waybill/values.schema.json')) as object,
  );
  const values = yamlOf<Readonly<Record<string, object>>>('deploy/helm/waybill/values.yaml');

  it('that come with the chart keep to its schema', () => {
    check(values);
    expect(check.errors ?? []).toEqual([]);
  });

  it.each<[string, object]>([
    ['an unknown name', { gatway: {} }],
    ['a secret among the plain settings', { env: { MONGODB_URI: 'mongodb://a' } }],
    ['a gateway that takes nothing in', { gateway: { ...values['gateway'], role: 'worker' } }],
    ['no gateway', { gateway: { ...values['gateway'], enabled: false } }],
    ['an image without a version', { image: { repository: 'waybill', tag: 'latest' } }],
    ['half a digest', { image: { repository: 'waybill', digest: 'sha256:12' } }],
    ['a path of the inside', { ingress: { ...values['ingress'], paths: ['/api/'] } }],
    ['no secret', { secretName: '' }],
  ])('may not hold %s', (_what, change) => {
    expect(check({ ...values, ...change })).toBe(false);
  });

  it('belong to this version', () => {
    const chart = yamlOf<Readonly<Record<string, string>>>('deploy/helm/waybill/Chart.yaml');
    expect([chart['version'], chart['appVersion']]).toEqual([MANIFEST.version, MANIFEST.version]);
  });
});

describe('the chart, by helm', () => {
  withHelm('passes its lint', () => {
    expect(lint(helm ?? '')).toMatchObject({ code: 0 });
  });

  withHelm('refuses values that the schema does not know', () => {
    const { code, text } = render(helm ?? '', { gatway: {} });
    expect(code).not.toBe(0);
    expect(text).toMatch(/gatway/);
  });

  withHelm.each(NAMES)('renders %s as it is kept here', (name) => {
    const { code, text } = render(helm ?? '', RELEASES[name]);
    expect(code).toBe(0);
    expect(text).toBe(textOf(renderedFile(name)).replace(HEADER, ''));
  });
});

describe.each(NAMES)('the release %s', (name) => {
  it(`is rendered from the chart as it is; else: ${REDO}`, () => {
    expect(HEADER.exec(textOf(renderedFile(name)))?.[0]).toBe(head);
  });

  it('has no two objects of a name, and all carry its labels', () => {
    const names = objectsOf(name).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    const labels = { 'app.kubernetes.io/name': 'waybill', 'app.kubernetes.io/instance': 'rel' };
    for (const { metadata } of objectsOf(name)) expect(metadata.labels).toMatchObject(labels);
  });

  const pods = [...ofKind(name, 'Deployment'), ...ofKind(name, 'Job')];
  it.each(pods.map((one) => ({ what: `${one.kind} ${one.metadata.name}`, one })))(
    '$what may do next to nothing',
    ({ one }) => {
      const { spec: pod, metadata } = one.spec.template;
      expect(pod.automountServiceAccountToken).toBe(false);
      const nobody = { runAsNonRoot: true, runAsUser: 10_001, fsGroup: 10_001 };
      expect(pod.securityContext).toMatchObject(nobody);
      expect(pod.securityContext['seccompProfile']).toEqual({ type: 'RuntimeDefault' });
      expect(pod.containers.length).toBe(1);
      for (const container of pod.containers) {
        const none = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true };
        expect(container.securityContext).toEqual({ ...none, capabilities: { drop: ['ALL'] } });
        expect(container.resources.limits.memory).toBe('512Mi');
        expect(container.image).toMatch(/^waybill(?::\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/);
        const env = container.env.map((pair) => pair.name);
        expect(env.filter((variable) => !SETTINGS.has(variable))).toEqual([]);
        expect(env.filter((variable) => /URI|URL$|KEY/.test(variable))).toEqual([]);
        expect(container.envFrom).toEqual([{ secretRef: { name: 'waybill' } }]);
      }
      const own = one.spec.selector?.matchLabels ?? {};
      expect(metadata.labels).toMatchObject(own);
    },
  );

  it('lets every pod drain, asks it the right questions, and keeps one of two', () => {
    for (const { spec, metadata } of ofKind(name, 'Deployment')) {
      const [container] = spec.template.spec.containers;
      const setting = (key: string): number =>
        Number(container?.env.find((pair) => pair.name === key)?.value);
      const grace = spec.template.spec.terminationGracePeriodSeconds;
      expect(setting('SHUTDOWN_TIMEOUT')).toBeGreaterThan(setting('DRAIN_DELAY'));
      expect(grace).toBeGreaterThan(setting('SHUTDOWN_TIMEOUT'));
      const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map(
        (probe) => (container?.[probe] as { httpGet: { path: string } } | undefined)?.httpGet.path,
      );
      expect(paths).toEqual(['/startupz', '/livez', '/readyz']);
      const budget = ofKind(name, 'PodDisruptionBudget').find(
        (one) => one.metadata.name === metadata.name,
      );
      expect(budget?.spec.maxUnavailable).toBe(1);
      expect(budget?.spec.selector).toEqual(spec.selector);
    }
  });

  it('migrates before it rolls', () => {
    const hooks = objectsOf(name).filter(({ metadata }) => metadata.annotations?.['helm.sh/hook']);
    expect(hooks.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Job']);
    const weights = hooks.map(({ metadata }) =>
      Number(metadata.annotations?.['helm.sh/hook-weight']),
    );
    expect(weights[0]).toBeLessThan(weights[1] ?? 0);
    const command = hooks[1]?.spec.template.spec.containers[0]?.command ?? [];
    expect(command.slice(-3)).toEqual(['/app/dist/src/main.js', '--migrate', '--wait=300']);
  });

  it('is closed to everybody who is not named', () => {
    const [policy] = ofKind(name, 'NetworkPolicy');
    expect(policy?.spec.podSelector.matchLabels).toMatchObject({
      'app.kubernetes.io/instance': 'rel',
    });
    expect(policy?.spec.ingress).toHaveLength(name === 'default' ? 1 : 0);
    expect(policy?.spec.ingress).not.toContainEqual({});
    const partners = JSON.stringify(policy?.spec.egress.at(-1)?.to);
    expect(['10.0.0.0/8', '169.254.0.0/16'].filter((range) => !partners.includes(range))).toEqual(
      [],
    );
  });
});

describe('a release with everything', () => {
  it('adds deliverers by the age of the queue, and doors by work alone', () => {
    const scalers = ofKind('everything', 'HorizontalPodAutoscaler');
    const measures = scalers.map(({ spec }) => [
      spec.scaleTargetRef.name,
      spec.metrics.flatMap(({ external }) => (external ? [external.metric.name] : ['cpu'])),
    ]);
    expect(measures).toEqual([
      ['rel-waybill-gateway', ['cpu']],
      ['rel-waybill-worker', ['cpu', 'waybill_queue_age_seconds']],
    ]);
    const free = ofKind('everything', 'Deployment').map(({ spec }) => spec.replicas);
    expect(free).toEqual([undefined, undefined]);
    expect(textOf('deploy/prometheus/adapter.values.yaml')).toContain(
      'as: waybill_queue_age_seconds',
    );
  });

  it('splits the roles, opens the door only, and brings the alerts', () => {
    const args = ofKind('everything', 'Deployment').map(
      ({ spec }) => spec.template.spec.containers[0]?.args,
    );
    expect(args).toEqual([['--role=api'], ['--role=worker']]);
    const paths = ofKind('everything', 'Ingress')[0]?.spec.rules[0]?.http.paths as {
      path: string;
    }[];
    expect(paths.map(({ path }) => path)).toEqual(['/in/', '/c/', '/track', '/postback']);
    expect(ofKind('everything', 'ServiceMonitor')).toHaveLength(1);
    const rules = ofKind('everything', 'PrometheusRule')[0]?.spec.groups.flatMap(
      (group) => group.rules,
    );
    expect(rules?.length).toBeGreaterThan(15);
  });
});
