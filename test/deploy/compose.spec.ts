import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  cpSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { MANIFEST, ROOT, run, SETTINGS, textOf, yamlOf } from './deploy-kit.js';

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly profiles?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly secrets?: readonly { readonly source: string }[];
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
}

const TEXT = textOf('deploy/compose.yaml');
const COMPOSE = yamlOf<Compose>('deploy/compose.yaml');
const SERVICES = Object.entries(COMPOSE.services);
const named = SERVICES.map(([name, service]) => ({ name, service }));

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const map = (of: object) => ({ type: 'object', additionalProperties: of });
/** The part of the Compose specification that the file may use, and nothing else. */
const SCHEMA = {
  type: 'object',
  required: ['name', 'services', 'networks', 'volumes', 'secrets'],
  additionalProperties: false,
  patternProperties: { '^x-': {} },
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' },
    services: map({
      type: 'object',
      required: ['image', 'restart', 'cap_drop', 'security_opt'],
      additionalProperties: false,
      properties: {
        ...{ image: text, user: text, network_mode: text, stop_grace_period: text },
        build: {
          type: 'object',
          required: ['context', 'dockerfile'],
          additionalProperties: false,
          properties: { context: text, dockerfile: text },
        },
        restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
        ...{ read_only: { type: 'boolean' }, init: { type: 'boolean' } },
        ...{ cap_drop: texts, cap_add: texts, security_opt: texts, profiles: texts },
        ...{ command: texts, entrypoint: texts, volumes: texts, ports: texts, networks: texts },
        mem_limit: { type: 'string', pattern: '^\\d+[mg]$' },
        pids_limit: { type: 'integer', minimum: 1 },
        environment: map(text),
        env_file: {
          type: 'array',
          items: {
            type: 'object',
            required: ['path'],
            additionalProperties: false,
            properties: { path: text, required: { type: 'boolean' } },
          },
        },
        secrets: {
          type: 'array',
          items: {
            type: 'object',
            required: ['source'],
            additionalProperties: false,
            properties: { source: text, uid: text, gid: text, mode: { type: 'integer' } },
          },
        },
        depends_on: map({
          type: 'object',
          required: ['condition'],
          additionalProperties: false,
          properties: {
            condition: {
              enum: ['service_started', 'service_healthy', 'service_completed_successfully'],
            },
          },
        }),
        healthcheck: {
          type: 'object',
          additionalProperties: false,
          properties: {
            test: { type: 'array', items: text, minItems: 2 },
            ...{ interval: text, timeout: text, start_period: text },
            ...{ retries: { type: 'integer' }, disable: { type: 'boolean' } },
          },
        },
      },
    }),
    networks: map({
      type: 'object',
      additionalProperties: false,
      properties: { internal: { type: 'boolean' }, ipam: { type: 'object' } },
    }),
    volumes: map({ type: 'object', additionalProperties: false }),
    secrets: map({
      type: 'object',
      required: ['environment'],
      additionalProperties: false,
      properties: { environment: text },
    }),
  },
};

const service = (name: string): Service => {
  const found = COMPOSE.services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
};

describe('compose.yaml', () => {
  it('is made of members that Compose has', () => {
    const check = new Ajv({ strict: false, allErrors: true }).compile(SCHEMA);
    check(COMPOSE);
    expect(check.errors ?? []).toEqual([]);
    check({ ...COMPOSE, services: { a: { ...service('gateway1'), restarts: 'always' } } });
    expect(check.errors?.length).toBe(1);
  });

  it('has everything that was asked for', () => {
    const names = SERVICES.filter(([, { profiles }]) => profiles === undefined).map(([one]) => one);
    const own = ['gateway1', 'gateway2', 'haproxy', 'migrate', 'mongo-init'];
    expect(names.sort()).toEqual([...own, 'mongo1', 'mongo2', 'mongo3', 'redis']);
    const watching = SERVICES.filter(([, { profiles }]) => profiles?.includes('monitoring'));
    expect(watching.map(([one]) => one).sort()).toEqual(['grafana', 'prometheus']);
    expect(service('redis').command?.join(' ')).toMatch(
      /--appendonly yes .*--maxmemory-policy noeviction --requirepass \$\{REDIS_PASSWORD:\?/,
    );
    expect(service('mongo1').command).toContain('--replSet=rs0');
  });

  it.each(named)('$name: names an exact image and gives its privileges up', ({ service: one }) => {
    expect(one.image).toMatch(/^[a-z/]+:v?\d+\.\d+\.\d+/);
    if (one.image.startsWith('waybill:')) expect(one.image).toBe(`waybill:${MANIFEST.version}`);
    expect(one.cap_drop).toEqual(['ALL']);
    expect(one.security_opt).toContain('no-new-privileges:true');
  });

  it.each(named)('$name: refers to what exists', ({ service: one }) => {
    const names = Object.keys(COMPOSE.services);
    expect(Object.keys(one.depends_on ?? {}).filter((other) => !names.includes(other))).toEqual([]);
    for (const [other, { condition }] of Object.entries(one.depends_on ?? {})) {
      if (condition === 'service_healthy') expect(service(other).healthcheck?.test).toBeDefined();
    }
    const networks = Object.keys(COMPOSE.networks);
    expect((one.networks ?? []).filter((other) => !networks.includes(other))).toEqual([]);
    const secrets = Object.keys(COMPOSE.secrets);
    expect((one.secrets ?? []).filter(({ source }) => !secrets.includes(source))).toEqual([]);
    if (one.network_mode !== undefined) expect(names).toContain(one.network_mode.split(':')[1]);
    for (const [from = ''] of (one.volumes ?? []).map((volume) => volume.split(':'))) {
      if (!from.startsWith('.')) expect(Object.keys(COMPOSE.volumes)).toContain(from);
      // Yours, made from the example.
      else if (from !== './waybill.yaml') {
        expect([from, existsSync(resolve(ROOT, 'deploy', from))]).toEqual([from, true]);
      }
    }
  });

  it('lets only the balancer be called, and people on this machine', () => {
    const open = named.flatMap(({ name, service: one }) =>
      (one.ports ?? [])
        .filter((port) => !port.startsWith('127.0.0.1:'))
        .map((port) => [name, port]),
    );
    expect(open).toEqual([['haproxy', '${WAYBILL_HTTP_PORT:-8080}:8080']]);
    expect([COMPOSE.networks['stores']?.internal, COMPOSE.networks['front']?.internal]).toEqual([
      ...[true, true],
    ]);
    const near = named.filter(({ service: one }) => one.networks?.includes('stores') === true);
    const names = near.map(({ name }) => name).filter((name) => !/^(?:mongo\d|redis)$/.test(name));
    expect(names.sort()).toEqual(['gateway1', 'gateway2', 'migrate']);
  });

  it('starts the gateways on a database that was migrated', () => {
    expect(service('migrate').command).toEqual(['--migrate']);
    for (const name of ['gateway1', 'gateway2'])
      expect(service(name).depends_on?.['migrate']?.condition).toBe(
        'service_completed_successfully',
      );
  });

  it('gives the gateways settings that they have, and time to drain', () => {
    for (const name of ['gateway1', 'gateway2']) {
      const { environment = {}, read_only: readOnly, stop_grace_period: grace } = service(name);
      expect(Object.keys(environment).filter((key) => !SETTINGS.has(key))).toEqual([]);
      const needed = ['MONGODB_URI', 'REDIS_URL', 'WAYBILL_KEY', 'WAYBILL_ADMIN_KEY'];
      expect(Object.keys(environment)).toEqual(expect.arrayContaining(needed));
      expect(readOnly).toBe(true);
      expect(Number.parseInt(grace ?? '', 10)).toBeGreaterThan(45);
    }
  });

  it('names to HAProxy what its configuration reads', () => {
    const read = textOf('deploy/haproxy/haproxy.cfg').match(/(?<=\$\{)\w+(?=\})/g) ?? [];
    expect(Object.keys(service('haproxy').environment ?? {}).sort()).toEqual([...read].sort());
  });

  it('takes every secret from the environment, and make-env.sh makes each of them once', () => {
    const home = mkdtempSync(join(tmpdir(), 'waybill-env-'));
    try {
      mkdirSync(join(home, 'compose'));
      const script = join(home, 'compose/make-env.sh');
      cpSync(join(ROOT, 'deploy/compose/make-env.sh'), script);
      expect(run('sh', [script]).code).toBe(0);
      const file = join(dirname(script), '../.env');
      const made = readFileSync(file, 'utf8');
      if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
      const pairs = made
        .trim()
        .split('\n')
        .map((line) => line.split('='));
      expect(new Set(pairs.map(([, value]) => value)).size).toBe(pairs.length);
      expect(pairs.filter(([, value = '']) => !/^[0-9a-f]{64}$/.test(value))).toEqual([]);
      const wanted = [...TEXT.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
      const asked = Object.values(COMPOSE.secrets).map(({ environment }) => environment);
      expect(new Set(pairs.map(([name]) => name))).toEqual(new Set([...wanted, ...asked]));
      expect(run('sh', [script]).code).toBe(0);
      expect(readFileSync(file, 'utf8')).toBe(made);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
