import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStores, type TestStores } from '../../src/platform/embedded/testing.js';
import { freshDatabase, run, type Running } from './harness.js';
import { sealToy } from './toys.js';

const YAML = `
accounts:
  - { id: shop, source: toy, credentials: { secret: toy-secret } }
  - id: rotating
    source: toy
    credentials:
      - { id: new, secret: new-secret }
      - { id: old, secret: old-secret }
`;

const JSON_TYPE = { 'content-type': 'application/json' };

describe('answers at the door', () => {
  let stores: TestStores;
  let running: Running;

  beforeAll(async () => {
    stores = await startTestStores();
    running = await run(
      { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl },
      YAML,
    );
    await running.gateway.prepared;
  }, 60_000);

  afterAll(async () => {
    await running?.stop();
    await stores?.stop();
  });

  const counts = async () => ({
    receipts: await running.ledger.receipts.countDocuments(),
    events: await running.ledger.events.countDocuments(),
  });

  /** The case must be refused with this status and reason, write nothing, and show no secret anywhere. */
  async function refused(
    request: { body: string | Buffer; headers: Record<string, string> },
    status: number,
    reason: string,
    where = '/in/toy/shop',
  ): Promise<void> {
    const before = await counts();
    const answer = await running.post(where, request);
    expect([answer.status, (JSON.parse(answer.body) as { reason: string }).reason]).toEqual([
      status,
      reason,
    ]);
    expect(await counts()).toEqual(before);
    expect(answer.body + running.logged.join('')).not.toContain('toy-secret');
  }

  const good = () => sealToy({ type: 'SALE', order: 'D1', amount: '100' });

  it('refuses a missing, wrong or moved signature with 401', async () => {
    await refused({ body: good().body, headers: JSON_TYPE }, 401, 'missing-signature');
    await refused(sealToy({ type: 'SALE', order: 'D1' }, 'another-secret'), 401, 'bad-signature');
    await refused({ ...good(), body: good().body.replace('100', '900') }, 401, 'bad-signature');
    await refused({ ...good(), body: good().body.slice(0, -5) }, 401, 'bad-signature');
    await refused({ ...good(), body: '' }, 401, 'bad-signature');
  });

  it('refuses signed but malformed, empty, non-UTF-8 and too deep bodies with 400', async () => {
    await refused(sealToy('{"type":"SALE",'), 400, 'malformed');
    await refused(sealToy(''), 400, 'empty');
    await refused(sealToy('[1,2]'), 400, 'malformed');
    await refused(sealToy('['.repeat(40) + ']'.repeat(40)), 400, 'too-deep');
    const latin = Buffer.from('{"type":"SALE","order":"\xe9"}', 'latin1');
    const { createHmac } = await import('node:crypto');
    const signature = createHmac('sha256', 'toy-secret').update(latin).digest('hex');
    await refused(
      { body: latin, headers: { ...JSON_TYPE, 'x-toy-signature': signature } },
      400,
      'malformed',
    );
  });

  it('knows no other source, account or path', async () => {
    await refused(good(), 404, 'unknown', '/in/toy/other');
    await refused(good(), 404, 'unknown', '/in/stripe/shop');
    await refused(good(), 404, 'unknown', '/in/toy/SHOP');
  });

  it('refuses other methods, encodings, media types and sizes', async () => {
    const put = await fetch(`${running.gateway.url}/in/toy/shop`, { method: 'PUT', ...good() });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST']);
    const get = await fetch(`${running.gateway.url}/in/toy/shop`);
    expect(get.status).toBe(405);
    const packed = good();
    await refused(
      { body: gzipSync(packed.body), headers: { ...packed.headers, 'content-encoding': 'gzip' } },
      415,
      'content-encoding',
    );
    await refused(
      { body: good().body, headers: { ...good().headers, 'content-type': 'image/png' } },
      415,
      'media-type',
    );
    await refused(sealToy(`{"pad":"${'x'.repeat(270_000)}"}`), 413, 'too-large');
    await refused(sealToy(`{"pad":"${'x'.repeat(1_100_000)}"}`), 413, 'too-large');
  });

  it('accepts every credential of a rotation and writes down which one matched', async () => {
    for (const [order, secret, id] of [
      ['R1', 'new-secret', 'new'],
      ['R2', 'old-secret', 'old'],
    ] as const) {
      const answer = await running.post(
        '/in/toy/rotating',
        sealToy({ type: 'SALE', order, amount: '1' }, secret),
      );
      expect(answer.status).toBe(200);
      const { receipt } = JSON.parse(answer.body) as { receipt: string };
      expect((await running.ledger.receipts.findOne({ _id: receipt }))?.credential).toBe(id);
    }
    const metrics = await (await fetch(`${running.gateway.url}/metrics`)).text();
    for (const place of ['current', 'previous'])
      expect(metrics).toContain(
        `waybill_credential_uses_total{account="rotating",credential="${place}"} 1\n`,
      );
    await refused(
      sealToy({ type: 'SALE', order: 'R3' }, 'older-secret'),
      401,
      'bad-signature',
      '/in/toy/rotating',
    );
  });

  it('answers a flood of forgeries with 429 and still takes the verified one', async () => {
    const forged = sealToy({ type: 'SALE', order: 'F1' }, 'wrong');
    const answers = await Promise.all(
      Array.from({ length: 120 }, () => running.post('/in/toy/shop', forged)),
    );
    const statuses = new Set(answers.map((answer) => answer.status));
    expect(statuses).toEqual(new Set([401, 429]));
    expect(
      (await running.post('/in/toy/shop', sealToy({ type: 'SALE', order: 'F2', amount: '1' })))
        .status,
    ).toBe(200);
  });

  it('survives broken HTTP: a lying length and a cut request', async () => {
    const url = new URL(running.gateway.url);
    const raw = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = http
          .request({ host: url.hostname, port: url.port })
          .on('error', () => resolve('')) as unknown as { end(): void };
        socket.end();
        void import('node:net').then(({ connect }) => {
          const client = connect(Number(url.port), url.hostname, () => client.end(text));
          let seen = '';
          client.on('data', (chunk: Buffer) => (seen += chunk.toString()));
          client.on('close', () => resolve(seen));
          client.on('error', () => resolve(seen));
        });
      });
    const cut = await raw(
      'POST /in/toy/shop HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"type"',
    );
    const twice = await raw(
      'POST /in/toy/shop HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n{"a":1}',
    );
    expect([cut, twice].every((seen) => !seen.startsWith('HTTP/1.1 5'))).toBe(true);
    expect((await fetch(`${running.gateway.url}/livez`)).status).toBe(200);
  });
});
