import { startTestStores } from '../../src/platform/embedded/testing.js';
import { ADMIN_KEY, freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { sealToy, type ToySale } from './toys.js';

// oxlint-disable-next-line typescript/no-explicit-any
export type Json = Record<string, any>;

export interface Answer {
  readonly status: number;
  readonly json: Json;
  readonly text: string;
  readonly headers: Headers;
}

/** 32 bytes each, base64. */
export const KEY_A = `a:${Buffer.alloc(32, 1).toString('base64')}`;
export const KEY_B = `b:${Buffer.alloc(32, 2).toString('base64')}`;

export const FILE = `
accounts:
  - { id: filed, source: toy, credentials: { secret: filed-secret-4711 } }
`;

/** A key, and what it may send. */
export interface Asked {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Asks the admin API of one gateway. */
export async function ask(
  running: Running,
  method: string,
  path: string,
  { key = ADMIN_KEY, body, headers = {} }: Asked = {},
): Promise<Answer> {
  const response = await fetch(`${running.gateway.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    json: JSON.parse(text) as Json,
    headers: response.headers,
  };
}

/** Two gateways on one database, and a partner. */
export class Pair {
  /** Every answer of the API so far. */
  readonly texts: string[] = [];

  private constructor(
    readonly mongodbUri: string,
    readonly redisUrl: string,
    readonly partner: Partner,
    public one: Running,
    public two: Running,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<Pair> {
    const stores = await startTestStores();
    const partner = await startPartner((_request, nth) => ({ status: 200, body: `remote-${nth}` }));
    const mongodbUri = freshDatabase(stores.mongodbUri);
    const both = { mongodbUri, redisUrl: stores.redisUrl };
    const options = { env: { WAYBILL_SECRET_KEYS: KEY_A, ...env } };
    const one = await run(both, FILE, options);
    const two = await run(both, FILE, options);
    await Promise.all([one.gateway.prepared, two.gateway.prepared]);
    return new Pair(mongodbUri, stores.redisUrl, partner, one, two, async () => {
      await partner.close();
      await stores.stop();
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.one.stop(), this.two.stop()]);
    await this.end();
  }

  async ask(running: Running, method: string, path: string, asked: Asked = {}): Promise<Answer> {
    const answer = await ask(running, method, path, asked);
    this.texts.push(answer.text);
    return answer;
  }

  /** At the first gateway, with the first key. */
  api(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    return this.ask(this.one, method, path, { body, headers });
  }

  /** Puts an object, whatever is there; returns the version. */
  async put(path: string, data: unknown): Promise<number> {
    const version = (await this.api('GET', '/config')).json['version'] as number;
    const answer = await this.api('PUT', `/config/${path}?version=${version}`, data);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json['version'] as number;
  }

  /** Waits until both gateways work by this version. */
  async settled(version: number): Promise<void> {
    for (const gateway of [this.one, this.two])
      await until(
        () => ask(gateway, 'GET', '/config'),
        ({ json }) => json['applied'] >= version,
      );
  }

  /** The whole configuration once both gateways work by it: `applied` goes up a moment after `version`. */
  async calm(): Promise<Json> {
    await this.settled((await this.api('GET', '/config')).json['version'] as number);
    return (await this.api('GET', '/config')).json;
  }

  sell(running: Running, account: string, payload: ToySale, secret: string) {
    return running.post(`/in/toy/${account}`, sealToy(payload, secret));
  }
}
