import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ledgerPair, SECRET, sellAt, Tail } from './api-kit.js';
import type { Json, Pair } from './config-kit.js';
import { ADMIN_KEY, until } from './harness.js';

describe('streams of the admin API', () => {
  let pair: Pair;
  let reader = '';

  beforeAll(async () => {
    pair = await ledgerPair();
    const made = await pair.api('POST', '/keys', { name: 'reader', scopes: ['read'] });
    reader = made.json['key'] as string;
  }, 90_000);

  afterAll(() => pair?.stop());

  const sell = (order: string, more: Json = {}, running = pair.one) =>
    sellAt(pair, running, order, more);

  describe('the tail', () => {
    it('tells what both replicas take in and send, without secrets and payouts, from now on', async () => {
      await sell('T0');
      const tail = await Tail.open(pair.one, '', reader);
      expect(tail.response.headers.get('content-type')).toContain('text/event-stream');
      expect(tail.response.headers.get('waybill-payout')).toBe('hidden');
      await sell('T1', {}, pair.one);
      const second = await sell('T2', {}, pair.two);
      const event = await until(
        () => tail.of('event', 'T2')[0],
        (one) => one !== undefined,
      );
      expect(event?.data).toMatchObject({ id: second['id'], type: 'SALE', payout: null });
      await until(
        () =>
          tail.sent.filter(
            ({ event: name, data }) => name === 'delivery' && data['state'] === 'delivered',
          ).length,
        (count) => count >= 2,
      );
      const receipts = tail.of('receipt').map(({ data }) => data['id'] as string);
      expect(receipts).toContain(second['receiptId']);
      expect(new Set(receipts).size).toBe(receipts.length);
      expect(tail.of('event', 'T0')).toEqual([]);
      expect(tail.text).not.toContain(SECRET);
      tail.close();
    });

    it('tells what came into MongoDB late, and payouts only to who may see them', async () => {
      const { events } = pair.one.ledger;
      const template = (await events.findOne({}))!;
      const blind = await Tail.open(pair.one, '?kinds=events', reader);
      const seeing = await Tail.open(pair.two, '?kinds=events');
      const late = [2500, 20_000].map((ms, i) => ({
        ...template,
        ...{ _id: `late${i}`, at: new Date(Date.now() - ms) },
        payout: { amount: 313_131, currency: 'USD' },
      }));
      await events.insertMany(late);
      const ids = (tail: Tail) => tail.sent.map(({ data }) => data['id'] as string);
      for (const tail of [blind, seeing])
        await until(
          () => ids(tail).filter((id) => id.startsWith('late')).length,
          (count) => count === 2,
        );
      expect(blind.text).not.toContain('313131');
      expect(seeing.text).toContain('313131');
      for (const tail of [blind, seeing]) tail.close();
      await events.deleteMany({ _id: { $in: late.map(({ _id }) => _id) } });
    });

    it('goes on from the last id, by kind, account and target', async () => {
      const tail = await Tail.open(pair.one, '?kinds=events&account=shop');
      await sell('T3');
      const [first] = await until(
        () => tail.of('event', 'T3'),
        (found) => found.length === 1,
      );
      tail.close();
      await sell('T4');
      const next = await Tail.open(pair.two, '?kinds=events', ADMIN_KEY, first!.id);
      await until(
        () => next.of('event', 'T4'),
        (found) => found.length === 1,
      );
      expect(new Set(next.sent.map((one) => one.event))).toEqual(new Set(['event']));
      next.close();
      const targeted = await Tail.open(pair.one, '?target=bare');
      await pair.sell(pair.two, 'shop', { type: 'REFUND', order: 'T4', amount: '4900' }, SECRET);
      const seen = await until(
        () => targeted.of('delivery'),
        (found) => found.length > 0,
      );
      expect(seen[0]!.data).toMatchObject({ target: 'bare', type: 'REFUND' });
      targeted.close();
      const audit = await pair.api('GET', '/audit?deed=read-payout&limit=50');
      const calls = (audit.json['items'] as Json[]).map((row) => row['what'].call as string);
      expect(calls.filter((call) => call === 'tail').length).toBeGreaterThanOrEqual(3);
    });

    it('refuses what is no kind, no id, and more listeners than it can serve', async () => {
      expect((await pair.api('GET', '/tail?kinds=secrets')).json['faults'][0].field).toBe('kinds');
      const target = await pair.api('GET', '/tail?kinds=receipts&target=tap');
      expect(target.json['faults'][0].field).toBe('target');
      expect((await Tail.open(pair.one, '', ADMIN_KEY, 'soon')).response.status).toBe(400);
      const many = await Promise.all(Array.from({ length: 12 }, () => Tail.open(pair.one)));
      const statuses = many.map(({ response }) => response.status);
      expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(10);
      const full = many.find(({ response }) => response.status === 429);
      const problem = (await full?.response.json()) as Json | undefined;
      expect(problem?.['code']).toBe('WB_STREAMS_FULL');
      for (const tail of many) tail.close();
      // Who has gone makes room.
      await until(
        async () => {
          const again = await Tail.open(pair.one);
          again.close();
          return again.response.status;
        },
        (status) => status === 200,
      );
    });
  });

  describe('exports', () => {
    const raw = async (path: string, key = ADMIN_KEY) => {
      const response = await fetch(`${pair.one.gateway.url}/api/v1/exports/${path}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      const text = await response.text();
      pair.texts.push(text);
      return { status: response.status, headers: response.headers, text };
    };

    it('give every row that a filter finds, however many, oldest first', async () => {
      const { events } = pair.one.ledger;
      const template = (await events.findOne({}))!;
      const many = Array.from({ length: 3000 }, (_unused, i) => ({
        ...template,
        _id: `export${i}`,
        source: { ...template.source, account: 'gone' },
        at: new Date(1_700_000_000_000 + i),
        payout: { amount: 424_242, currency: 'USD' },
      }));
      await events.insertMany(many);
      const all = await raw('events?account=gone');
      const lines = all.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Json);
      expect(lines.map((one) => one['id'])).toEqual(many.map(({ _id }) => _id));
      expect(all.headers.get('content-type')).toContain('application/x-ndjson');
      expect(all.headers.get('content-disposition')).toContain('waybill-events.ndjson');
      const csv = await raw('events?account=gone&format=csv&to=2023-11-14T22:13:20.010Z');
      const table = csv.text.split('\r\n');
      expect(table).toHaveLength(12);
      expect(table[0]!.endsWith(',payout_amount,payout_currency')).toBe(true);
      expect(table[1]).toContain('424242');
      for (const path of ['events?account=gone', 'events?account=gone&format=csv']) {
        const blind = await raw(path, reader);
        expect([blind.headers.get('waybill-payout'), blind.text.includes('424242')]).toEqual([
          'hidden',
          false,
        ]);
      }
      const audit = await pair.api('GET', '/audit?deed=read-payout&limit=10');
      const calls = (audit.json['items'] as Json[]).map((row) => row['what'].call as string);
      expect(calls.filter((call) => call === 'exportEvents')).toHaveLength(2);
      await events.deleteMany({ 'source.account': 'gone' });
    });

    it('cannot be run as formulas, and hold the same columns for every row', async () => {
      await sell('=cmd|calc', { click: '@SUM(1)' });
      const { text } = await raw(`events?format=csv&orderId=${encodeURIComponent('=cmd|calc')}`);
      expect(text).toContain(",'=cmd|calc,");
      expect(text).not.toMatch(/[,\n]=cmd/);
      for (const path of ['deliveries?format=csv', 'receipts?format=csv']) {
        const { status, text: table } = await raw(path);
        expect([path, status]).toEqual([path, 200]);
        expect(table.split('\r\n').length).toBeGreaterThan(5);
      }
      const refunds = await raw('deliveries?target=bare');
      expect(refunds.text.trim().split('\n').length).toBeGreaterThan(0);
      expect((await raw('receipts?state=parked')).text).toBe('');
      expect((await raw('events?limit=5')).status).toBe(400);
      expect((await raw('events?format=xml')).status).toBe(400);
      expect((await raw('everything')).status).toBe(404);
    });
  });

  it('lets out no secret; a draining replica ends its tails, and waits for no connection without a word', async () => {
    expect(pair.texts.filter((text) => text.includes(SECRET))).toEqual([]);
    const tail = await Tail.open(pair.two);
    expect(tail.response.status).toBe(200);
    // As browsers open some in advance: nobody will ever say anything on it.
    const silent = net.connect(Number(new URL(pair.two.gateway.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const stopped = pair.two.stop();
    await tail.ended;
    await stopped;
    silent.destroy();
    expect(tail.text).toContain(': listening');
  });
});
