import http from 'node:http';
import { expect } from '@jest/globals';
import { notUnderstood, type SourcePlugin, type TargetPlugin } from '../../src/contract/index.js';
import { startTestStores } from '../../src/platform/embedded/testing.js';
import { ADMIN_KEY, freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { hookTarget, sealToy, toySource } from './toys.js';

/** A secret of the configuration that no answer may hold. */
export const CANARY = 'canary-0123456789-secret';

/** Parsed JSON of an answer; tests look into it by name. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = Record<string, any>;

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** What the toy network's plugin learns in the middle of a test. */
export const learnt = { mystery: false };

/** The toy network, with fields to mask and a word that it learns later. */
const shopSource: typeof toySource = {
  ...toySource,
  redact: ['cardToken', 'buyer.email'],
  normalize: (payload, context) => {
    if (payload['type'] !== 'mystery') return toySource.normalize(payload, context);
    return learnt.mystery
      ? toySource.normalize({ ...payload, type: 'LEAD' }, context)
      : notUnderstood('unknown type mystery');
  },
};

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: ${CANARY} } }
  - { id: other, source: toy, credentials: { secret: toy-secret } }
targets:
  - { id: one, target: hook, settings: { url: "${url}/one" } }
  - { id: two, target: hook, settings: { url: "${url}/two?token=${CANARY}" } }
routes:
  - { from: shop, to: one }
  - { from: other, to: two }
`;

/** A gateway with two accounts and two targets, and a client of its admin API that keeps every answer. */
export class AdminBench {
  /** Text of every answer so far. */
  readonly answers: string[] = [];

  private constructor(
    readonly running: Running,
    readonly partner: Partner,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<AdminBench> {
    const stores = await startTestStores();
    const partner = await startPartner((_request, nth) => ({ status: 200, body: `remote-${nth}` }));
    const running = await run(
      { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl },
      yaml(partner.url),
      { plugins: [shopSource, hookTarget] as unknown as (SourcePlugin | TargetPlugin)[] },
    );
    await running.gateway.prepared;
    return new AdminBench(running, partner, async () => {
      await running.stop();
      await partner.close();
      await stores.stop();
    });
  }

  /** Exactly this path, as no well-behaved client would send it. */
  raw(method: string, path: string, headers = {}, body = ''): Promise<Answer> {
    const { hostname, port } = new URL(this.running.gateway.url);
    return new Promise((resolve, reject) => {
      const request = http.request({ hostname, port, method, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          this.answers.push(text);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /** With the key. */
  async ask(path: string, method = 'GET', body?: object): Promise<Answer & { json: Json }> {
    const headers = {
      authorization: `Bearer ${ADMIN_KEY}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const text = body === undefined ? '' : JSON.stringify(body);
    const answer = await this.raw(method, `/api/v1${path}`, headers, text);
    return { ...answer, json: JSON.parse(answer.text) as Json };
  }

  /** The answer of a read that must succeed. */
  async get(path: string): Promise<Json> {
    const { status, json } = await this.ask(path);
    expect([path, status]).toEqual([path, 200]);
    return json;
  }

  /** A signed notification; returns the id of its receipt. */
  async sell(account: 'shop' | 'other', payload: Json | string): Promise<string> {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const secret = account === 'shop' ? CANARY : 'toy-secret';
    const answer = await this.running.post(`/in/toy/${account}`, sealToy(body, secret));
    expect(answer.status).toBe(200);
    return (JSON.parse(answer.body) as { receipt: string }).receipt;
  }

  /** The deliveries of an event once so many are there and final. */
  async settled(eventId: string, count = 1): Promise<Json[]> {
    const { items } = await until(
      () => this.get(`/deliveries?eventId=${eventId}`),
      (page) => {
        const rows = page['items'] as Json[];
        return rows.length === count && rows.every((row) => row['settledAt'] !== null);
      },
    );
    return items as Json[];
  }

  async eventOf(order: string, type = 'SALE'): Promise<Json> {
    const { items } = await this.get(`/events?orderId=${order}&type=${type}`);
    return (items as Json[])[0] ?? {};
  }

  /** Every page of a list. */
  async pages(path: string): Promise<Json[][]> {
    const pages: Json[][] = [];
    let cursor: string | null = '';
    while (cursor !== null && pages.length < 100) {
      const page: Json = await this.get(`${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      pages.push(page['items'] as Json[]);
      cursor = page['nextCursor'] as string | null;
    }
    return pages;
  }
}
