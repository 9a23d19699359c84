import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventDoc } from '../../src/ledger/documents.js';
import { LateAttribution } from '../../src/normalize/late-attribution.js';
import { ClickBench, KEY } from './click-kit.js';
import { until } from './harness.js';

describe('a click after its sale', () => {
  let bench: ClickBench;

  beforeAll(async () => {
    bench = await ClickBench.start();
  }, 60_000);

  afterAll(() => bench?.stop());

  const late = () => bench.running.gateway.app.get(LateAttribution);
  const age = (event: EventDoc, minutes: number) =>
    bench.running.ledger.events.updateOne(
      { _id: event._id },
      { $set: { at: new Date(Date.now() - minutes * 60_000) } },
    );
  const correctionsOf = (event: EventDoc) =>
    bench.running.ledger.events.find({ adjusts: event._id }).sort({ at: 1 }).toArray();
  const clickBy = (click: string, aff: string) =>
    bench.running.post('/track', {
      headers: { authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ type: 'CLICK', click_id: click, affiliate_id: aff }),
    });
  const unknown = (n: number) => `${'a'.repeat(24)}${'bcdefgh'[n]}a`;

  it('is waited for, and then told with the sale', async () => {
    const event = await bench.sell(unknown(0));
    expect(event.attribution.how).toBe('pending');
    expect(await bench.rowOf(event)).toMatchObject({ state: 'held', reason: 'click' });
    const wait = ((await bench.rowOf(event))?.wakeAt?.getTime() ?? 0) - Date.now();
    expect(wait).toBeGreaterThan(50_000);
    expect((await clickBy(unknown(0), 'anna')).status).toBe(200);
    await late().run();
    expect(await bench.settled(event)).toMatchObject({ state: 'delivered' });
    expect(bench.told(event)).toMatchObject([
      { attribution: { affiliateId: 'anna', how: 'click' } },
    ]);
    expect(await correctionsOf(event)).toMatchObject([
      { type: 'ADJUSTMENT', attribution: { affiliateId: 'anna' }, plan: [], revenue: null },
    ]);
    const kept = await bench.running.ledger.events.findOne({ _id: event._id });
    expect(kept).toEqual(event);
  });

  it('is no longer waited for after 15 minutes, and re-opens the sale when it comes at last', async () => {
    const event = await bench.sell(unknown(1));
    await late().run();
    expect(await correctionsOf(event)).toEqual([]);
    await age(event, 14);
    await late().run();
    expect(await correctionsOf(event)).toEqual([]);
    await age(event, 16);
    await late().run();
    expect(await bench.settled(event)).toMatchObject({
      state: 'skipped',
      reason: 'no-attribution',
    });
    expect(await correctionsOf(event)).toMatchObject([
      { flags: ['unknown-click'], attribution: { how: 'none', clickId: null } },
    ]);
    await clickBy(unknown(1), 'berta');
    await late().run();
    const corrections = await correctionsOf(event);
    expect(corrections).toHaveLength(2);
    expect(corrections[1]?.flags).toContain('late-attribution');
    await until(
      () => bench.told(event),
      (heard) => heard.length === 1,
    );
    expect(bench.told(event)).toMatchObject([
      { type: 'SALE', attribution: { affiliateId: 'berta' } },
    ]);
    await late().run();
    expect(await correctionsOf(event)).toHaveLength(2);
  });

  it('of another kind of id is waited for only by accounts whose clicks all come here', async () => {
    expect((await bench.sell('foreign-77')).attribution.how).toBe('click');
    const event = await bench.sell('foreign-78', {}, 'strict');
    expect(event.attribution.how).toBe('pending');
    await clickBy('foreign-78', 'carla');
    await late().run();
    expect(await bench.settled(event)).toMatchObject({ state: 'delivered' });
    expect(bench.told(event)).toMatchObject([{ attribution: { affiliateId: 'carla' } }]);
  });

  it('earns one order where the programme says so, also when the orders came first', async () => {
    const click = 'late-once';
    const [one, two] = [
      await bench.sell(click, {}, 'single'),
      await bench.sell(click, {}, 'single'),
    ];
    await clickBy(click, 'dora');
    await late().run();
    const rows = [await bench.settled(one), await bench.settled(two)];
    expect(rows.map((row) => row?.state ?? '').toSorted()).toEqual(['delivered', 'skipped']);
    const corrections = [...(await correctionsOf(one)), ...(await correctionsOf(two))];
    const spent = corrections.filter(({ flags }) => flags.includes('click-already-converted'));
    const skipped = rows.findIndex((row) => row?.state === 'skipped');
    expect(spent.map(({ adjusts }) => adjusts)).toEqual([[one, two][skipped]?._id]);
    expect([...bench.told(one), ...bench.told(two)]).toHaveLength(1);
  });

  it('is not overwritten by whoever tells it again', async () => {
    await clickBy('mine-1', 'anna');
    await bench.running.post('/track', {
      headers: { origin: 'https://shop.example' },
      body: JSON.stringify({ type: 'CLICK', click_id: 'mine-1', affiliate_id: 'thief' }),
    });
    expect((await bench.sell('mine-1')).attribution.affiliateId).toBe('anna');
  });
});
