import { describe, expect, it } from '@jest/globals';
import { foldOf, LIFE, lifeEvent } from './order-fold.js';
import { OrderModel, tooEarly } from './order-model.js';

const types = (...list: string[]) => list.map((type) => ({ type }));

describe('a reversal told too early', () => {
  it('is one before any payment', () => {
    expect(tooEarly(types('CLICK', 'REFUND', 'SALE', 'CHARGEBACK'))).toEqual(['REFUND']);
    expect(tooEarly(types('CHARGEBACK', 'REFUND'))).toEqual(['CHARGEBACK', 'REFUND']);
    expect(tooEarly(types('CLICK', 'SALE', 'REFUND', 'REBILL', 'CHARGEBACK'))).toEqual([]);
  });
});

describe('the fold of an order', () => {
  it('names what each reversal takes back, and how much', async () => {
    const lines = JSON.parse(await foldOf(LIFE.map(lifeEvent))) as {
      type: string;
      parent?: string;
      takes?: { kind: string; left?: number };
    }[];
    expect(lines.map(({ type }) => type)).toEqual(LIFE);
    expect(lines[3]).toMatchObject({ parent: 'e-rebill', takes: { kind: 'partial', left: 1400 } });
  });

  it('differs when an event is missing', async () => {
    const whole = await foldOf(LIFE.map(lifeEvent));
    expect(await foldOf(LIFE.slice(0, -1).map(lifeEvent))).not.toBe(whole);
  });
});

describe('the model of an order', () => {
  it('keeps a reversal back until a payment is there, and tells each event once', async () => {
    const model = new OrderModel(
      () => new Promise((resolve) => setImmediate(resolve)),
      () => 1,
    );
    const copies = [...LIFE].reverse().flatMap((type) => [type, type]);
    await Promise.all(copies.map((type) => model.arrive(lifeEvent(type))));
    expect(model.told).toHaveLength(LIFE.length);
    expect(tooEarly(model.told)).toEqual([]);
  });
});
