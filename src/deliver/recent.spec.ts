import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';
import { RecentDeliveries } from './recent.js';

const row = (id: string) => ({ _id: id }) as DeliveryDoc;
const EVENT = { _id: 'e' } as EventDoc;

describe('recent deliveries', () => {
  let now: number;
  let recent: RecentDeliveries;
  const put = (...ids: string[]) => ids.forEach((id) => recent.put(row(id), EVENT));
  const known = (...ids: string[]) => ids.filter((id) => recent.take(id) !== undefined);

  beforeEach(() => {
    now = 1000;
    recent = new RecentDeliveries(3, () => now);
  });

  it('are handed out once', () => {
    put('a');
    expect(recent.take('a')).toMatchObject({ row: { _id: 'a' }, event: EVENT });
    expect(recent.take('a')).toBeUndefined();
  });

  it('are no more than so many: the oldest goes first', () => {
    put('a', 'b', 'c', 'd');
    expect(known('a', 'b', 'c', 'd')).toEqual(['b', 'c', 'd']);
  });

  it('are forgotten after five seconds, when they are looked through', () => {
    put('a');
    now += 4000;
    put('b');
    recent.trim();
    now += 1000;
    recent.trim();
    expect(known('a', 'b')).toEqual(['b']);
  });
});
