import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { factDraft, type EventDraft, type EventType, type RecordSeen } from '../contract/index.js';
import { decide, type Kept } from './edge.js';

const at = (second: number): string => new Date(1_700_000_000_000 + second * 1000).toISOString();

const draft = (type: EventType, second: number | null, change?: string): EventDraft =>
  factDraft({
    object: 'deal',
    id: '7',
    type,
    nativeType: type,
    test: false,
    occurredAt: second === null ? null : at(second),
    ...(change === undefined ? {} : { change }),
    ...(type === 'SALE' ? { revenue: { amount: 4900, currency: 'USD' } } : {}),
  });

const open = (second: number | null): RecordSeen => ({
  seen: { id: 'deal:7', state: 'open' },
  nativeType: 'deal.open',
  occurredAt: second === null ? null : at(second),
});

function play(changes: readonly (EventDraft | RecordSeen)[]) {
  let kept: Kept | undefined;
  const drafts: EventDraft[] = [];
  const why: string[] = [];
  for (const change of changes) {
    const decision = decide(kept, change);
    kept = decision.kept;
    drafts.push(...decision.drafts);
    if (decision.why !== undefined) why.push(decision.why);
  }
  return { drafts, why, kept };
}

const types = (changes: readonly (EventDraft | RecordSeen)[]) =>
  play(changes).drafts.map(({ type }) => type);

const MINUS: ReadonlySet<string> = new Set(['CANCELED', 'REFUND', 'CHARGEBACK']);
/** Sales that nothing took back; each key counts once, as in the ledger. */
function standing(drafts: readonly EventDraft[]): number {
  const once = new Map(drafts.map((one) => [one.key, one]));
  return [...once.values()].reduce(
    (sum, { type }) => sum + (type === 'SALE' ? 1 : MINUS.has(type) ? -1 : 0),
    0,
  );
}

describe('the state of a record', () => {
  it('drops a re-save: a won deal pays once however often it is saved', () => {
    const { drafts, why } = play([
      draft('SALE', 1, 'a'),
      draft('SALE', 2, 'b'),
      draft('SALE', null, 'c'),
    ]);
    expect(drafts.map(({ key }) => key)).toEqual(['deal:7:SALE:a']);
    expect(why).toHaveLength(2);
  });

  it('takes a sale back when the record is a lead again, without its money', () => {
    const lead = { ...draft('QUALIFIED_LEAD', 2), payout: { amount: 5, currency: 'USD' } };
    const [, back] = play([draft('SALE', 1), lead]).drafts;
    expect(back).toMatchObject({
      type: 'CANCELED',
      key: 'deal:7:SALE:CANCELED',
      reversesKey: 'deal:7:SALE',
      order: { id: 'deal:7' },
      occurredAt: at(2),
    });
    expect(back).not.toHaveProperty('payout');
  });

  it('takes a sale back when the record was seen open, and remembers a state without an event', () => {
    const { drafts, kept } = play([draft('SALE', 1), open(2)]);
    expect(drafts[1]).toMatchObject({
      type: 'CANCELED',
      reversesKey: 'deal:7:SALE',
      order: { id: 'deal:7' },
      record: { id: 'deal:7', state: 'open' },
    });
    expect(kept).toMatchObject({ state: 'open', sale: null });
    expect(types([open(1), draft('SALE', 2)])).toEqual(['SALE']);
  });

  it('sells again after a cancellation, under a name of its own even where the key names no change', () => {
    const { drafts } = play([draft('SALE', 1), open(2), draft('SALE', 3), draft('CANCELED', 4)]);
    expect(drafts.map(({ key }) => key)).toEqual([
      'deal:7:SALE',
      'deal:7:SALE:CANCELED',
      'deal:7:SALE:2',
      'deal:7:CANCELED',
    ]);
    expect(drafts[3]?.reversesKey).toBe('deal:7:SALE:2');
  });

  it('drops CANCELED without a sale, and after a refund', () => {
    expect(types([draft('CANCELED', 1)])).toEqual([]);
    expect(types([draft('LEAD', 1), draft('CANCELED', 2)])).toEqual(['LEAD']);
    expect(types([draft('SALE', 1), draft('REFUND', 2), draft('CANCELED', 3)])).toEqual([
      'SALE',
      'REFUND',
    ]);
  });

  it("names the sale that a refund takes back, unless the network's word does", () => {
    const own = { ...draft('REFUND', 2), reversesKey: 'other' };
    expect(play([draft('SALE', 1), draft('REFUND', 2)]).drafts[1]?.reversesKey).toBe('deal:7:SALE');
    expect(play([draft('SALE', 1), own]).drafts[1]?.reversesKey).toBe('other');
  });

  it('tells a refund whose sale is not known, and the sale when it comes', () => {
    expect(types([draft('REFUND', 2), draft('SALE', 1)])).toEqual(['REFUND', 'SALE']);
  });

  it('lets an old lead through and never turns the clock back', () => {
    const { drafts, kept } = play([draft('SALE', 5), draft('LEAD', 1), draft('REJECTED_LEAD', 2)]);
    expect(drafts.map(({ type }) => type)).toEqual(['SALE', 'LEAD']);
    expect(kept).toMatchObject({ state: 'SALE', at: at(5) });
  });

  it('does not compare a time that is not known: nothing is old then', () => {
    expect(types([draft('LEAD', null), draft('SALE', 1)])).toEqual(['LEAD', 'SALE']);
    expect(types([draft('LEAD', 9), draft('SALE', null)])).toEqual(['LEAD', 'SALE']);
  });

  it('keeps every key within 512 characters', () => {
    const long = { ...draft('SALE', 1), key: 'k'.repeat(512) };
    for (const { key } of play([long, open(2), { ...long, occurredAt: at(3) }]).drafts)
      expect(key.length).toBeLessThanOrEqual(512);
  });

  /** A history as a CRM writes it: refunds only of what is sold. */
  const history = fc
    .array(fc.constantFrom('SALE', 'LEAD', 'CANCELED', 'REFUND', 'open'), {
      minLength: 1,
      maxLength: 7,
    })
    .map((words) => {
      let isSold = false;
      return words.flatMap((word, i) => {
        if (word === 'REFUND' && !isSold) return [];
        isSold = word === 'SALE';
        return [word === 'open' ? open(i) : draft(word as EventType, i, `c${i}`)];
      });
    });

  it('comes to the same sales in whatever order the changes arrive, each told once or twice', () => {
    fc.assert(
      fc.property(
        history.chain((changes) =>
          fc.tuple(
            fc.constant(changes),
            fc.shuffledSubarray(changes, { minLength: changes.length }),
          ),
        ),
        ([inOrder, shuffled]) => {
          const last = inOrder.at(-1);
          const isSold = last !== undefined && !('seen' in last) && last.type === 'SALE';
          expect(standing(play(inOrder).drafts)).toBe(isSold ? 1 : 0);
          expect(standing(play(shuffled).drafts)).toBe(isSold ? 1 : 0);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
