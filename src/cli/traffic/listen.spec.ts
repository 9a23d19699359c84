import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpecApi } from '../gateway/api.spec-kit.js';
import { waybill } from '../program/terminal.spec-kit.js';

const block = (kind: string, id: number, data: object): string =>
  `event: ${kind}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

const RECEIPT = {
  id: 'r1',
  account: 'shop',
  state: 'recorded',
  receivedAt: '2026-11-20T10:00:01Z',
};
const EVENT = {
  id: 'e1',
  type: 'SALE',
  receivedAt: '2026-11-20T10:00:01Z',
  revenue: { amount: 4995, currency: 'USD' },
  order: { id: 'A1' },
  source: { account: 'shop' },
};
const DELIVERY = { id: 'd1', target: 'tap', state: 'delivered', settledAt: '2026-11-20T10:00:02Z' };

describe('waybill listen', () => {
  let api: SpecApi;
  beforeAll(async () => {
    api = await SpecApi.start();
  });
  afterAll(() => api.stop());

  it('shows each thing in a line, and after a break goes on behind the last one', async () => {
    let connections = 0;
    api.answers = (_asked, response) => {
      connections += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (connections === 1) {
        response.write(': heartbeat\n\n');
        // A block that is cut in two on the wire.
        const text = block('receipt', 1, RECEIPT) + block('event', 2, EVENT);
        response.write(text.slice(0, 50));
        response.write(text.slice(50), () => response.destroy());
      } else response.write(block('delivery', 3, DELIVERY));
    };
    const ran = await waybill(['listen', '--max', '3', '--account', 'shop'], { env: api.env });
    expect(ran.code).toBe(0);
    expect(ran.out.split('\n')).toEqual([
      '10:00:01  ←  shop  recorded  r1',
      '10:00:01  ·  shop  SALE 49.95 USD · order A1  e1',
      '10:00:02  →  tap  delivered  d1',
      '',
    ]);
    expect(ran.err).toContain('connecting again, going on behind the last one');
    const [first, second] = api.asked;
    expect(first?.query.get('kinds')).toBe('receipts,events,deliveries');
    expect(first?.query.get('account')).toBe('shop');
    expect([first?.headers['last-event-id'], second?.headers['last-event-id']]).toEqual([
      undefined,
      '2',
    ]);
  });

  it('gives one JSON document per line, and ends in order when it is stopped', async () => {
    api.answers = (_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(block('delivery', 9, DELIVERY));
    };
    const stop = new AbortController();
    const world = { env: api.env, signal: stop.signal, onOut: () => stop.abort() };
    const ran = await waybill(['listen', '--json'], world);
    expect([ran.code, JSON.parse(ran.out)]).toEqual([0, { kind: 'delivery', ...DELIVERY }]);
  });

  it('does not try again where the gateway says no, or has no such call', async () => {
    api.answers = () => undefined;
    const ran = await waybill(['listen'], { env: api.env });
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('has no live tail')]);
    expect(await waybill(['listen', '--kinds', 'clicks'], { env: api.env })).toMatchObject({
      code: 2,
    });
  });
});
