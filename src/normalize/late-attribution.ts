import { hash } from 'node:crypto';
import { withoutClick } from '../clicks/attribute.js';
import { LOOKS_MS } from '../clicks/click-attribution.js';
import { countFindings } from '../clicks/findings.js';
import { CLICK_SPENT, type Judge } from '../clicks/judge.js';
import type { Touches } from '../clicks/touches.js';
import { canonicalJson, type Attribution } from '../contract/index.js';
import { plannedRowIds } from '../ledger/commit.js';
import type { EventDoc } from '../ledger/documents.js';
import { insertAll } from '../ledger/insert.js';
import type { LedgerStore } from '../ledger/store.js';
import type { Clock } from '../platform/clock/clock.js';
import type { Metrics } from '../platform/metrics/metrics.js';
import { eventId, replayId } from '../platform/ids/ids.js';
import type { Planned, Planner } from '../route/planner.js';
import { stampRows } from './stamp.js';
import { Waiting } from './waiting.js';

/** Native type of the corrections that this gateway makes itself. */
export const ATTRIBUTION = 'attribution';

const BATCH = 200;
/** Passes over a full batch in one run: more wait for the next run. */
const PASSES = 20;
/** After the last look a conversion goes on without its click. */
const GIVE_UP_MS = LOOKS_MS.at(-1) ?? 0;

/** In the minute behind each look: passes come more often, and need not ask for every conversion each time. */
const isLookTime = (ageMs: number): boolean =>
  ageMs >= GIVE_UP_MS || LOOKS_MS.some((look) => ageMs >= look && ageMs < look + 60_000);

const keyOf = (event: EventDoc, late: boolean): string =>
  `${event.source.key.slice(0, 480)}:attribution${late ? ':late' : ''}`;

/** `_id` of the correction that ends a conversion's waiting, and of the one that a click after that makes. */
export const resolutionId = (event: EventDoc, late = false): string =>
  eventId(event.source.account, keyOf(event, late));

export const isPending = (event: Pick<EventDoc, 'attribution'>): boolean =>
  event.attribution.how === 'pending';

export interface LateParts {
  readonly store: LedgerStore;
  readonly judge: Judge;
  readonly touches: Touches;
  readonly planner: Planner;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** An outcome of a look: what is to be said of whose conversion it is. */
export interface Found {
  readonly attribution: Attribution;
  readonly flags: readonly string[];
}

interface Correction {
  readonly late: boolean;
  readonly now: number;
  readonly plan: readonly Planned[];
}

const IN_TIME = { late: false, plan: [] } as const;

/**
 * A conversion may come before its click. It is looked for again after 1, 5 and 15 minutes; what is found, or that
 * nothing is, becomes an ADJUSTMENT, and the conversion itself is never changed. A click that comes later still makes one
 * more, which partners are told of.
 */
export class LateAttribution {
  private readonly waiting: Waiting;

  constructor(private readonly parts: LateParts) {
    this.waiting = new Waiting(parts.store, (event) => resolutionId(event));
  }

  /** What ended the waiting; undefined while it goes on. Looks for the click when there is none yet. */
  async resolve(event: EventDoc): Promise<Found | undefined> {
    const { touches } = this.parts;
    const [known, later] = await this.answers(event);
    if (known) return later ?? known;
    const clickId = event.attribution.clickId ?? '';
    const trail = (await touches.trails([clickId])).get(clickId);
    if (trail) return this.settle(event, await this.parts.judge.judge(event, trail));
    const age = this.parts.clock.now() - event.at.getTime();
    if (age < GIVE_UP_MS) return undefined;
    return this.settle(event, {
      attribution: withoutClick(event.attribution),
      flags: ['unknown-click'],
    });
  }

  private async answers(event: EventDoc): Promise<readonly (EventDoc | undefined)[]> {
    const ids = [resolutionId(event), resolutionId(event, true)];
    const found = await this.parts.store.events.find({ _id: { $in: ids } }).toArray();
    return ids.map((id) => found.find(({ _id }) => _id === id));
  }

  /** Milliseconds until a conversion of this age is to be looked at again. */
  static waitMs(ageMs: number): number {
    const next = LOOKS_MS.find((look) => look > ageMs);
    return next === undefined ? 15_000 : next - ageMs;
  }

  /** One pass: conversions whose time to look has come, and clicks that came after theirs. Returns how many it settled. */
  async run(): Promise<number> {
    let settled = 0;
    for (let pass = 0; pass < PASSES; pass += 1) {
      const { clicks, conversions } = await this.clicksThatCameLate();
      settled += conversions;
      if (clicks < BATCH) break;
    }
    return settled + (await this.conversionsThatWait());
  }

  private conversionsThatWait(): Promise<number> {
    const now = this.parts.clock.now();
    return this.waiting.each(now - (LOOKS_MS[0] ?? 0), async (event) => {
      if (!isLookTime(now - event.at.getTime())) return false;
      if ((await this.resolve(event)) === undefined) return false;
      await this.wake(event, now);
      return true;
    });
  }

  private async clicksThatCameLate(): Promise<Record<'clicks' | 'conversions', number>> {
    const { store, clock } = this.parts;
    const fresh = await store.touches
      .find({ fresh: true }, { projection: { _id: 1 } })
      .limit(BATCH)
      .toArray();
    if (fresh.length === 0) return { clicks: 0, conversions: 0 };
    const ids = fresh.map(({ _id }) => _id);
    const before = await store.events
      .find({ 'attribution.clickId': { $in: ids }, 'attribution.how': 'pending' })
      .toArray();
    for (const event of before) await this.reopen(event, clock.now());
    // Only now: a process that dies in between leaves them to the next pass.
    await store.touches.updateMany({ _id: { $in: ids } }, { $unset: { fresh: 1 } });
    return { clicks: fresh.length, conversions: before.length };
  }

  private async reopen(event: EventDoc, now: number): Promise<void> {
    const { store, touches, judge } = this.parts;
    const known = await store.events.findOne({ _id: resolutionId(event) });
    if (!known) {
      await this.resolve(event);
      await this.wake(event, now);
      return;
    }
    if (!known.flags.includes('unknown-click')) return;
    const clickId = event.attribution.clickId ?? '';
    const trail = (await touches.trails([clickId])).get(clickId);
    if (trail) await this.correctLate(event, await judge.judge(event, trail), now);
  }

  /**
   * Partners that were not told of the conversion because nobody's click was known are told of it now; those that were
   * told get the correction.
   */
  private async correctLate(event: EventDoc, found: Found, now: number): Promise<void> {
    const { deliveries } = this.parts.store;
    if (found.flags.includes(CLICK_SPENT)) {
      await this.settle(event, found, { late: true, plan: [] });
      return;
    }
    const skipped = await deliveries
      .find({
        _id: { $in: [...plannedRowIds(event)] },
        state: 'skipped',
        reason: 'no-attribution',
      })
      .toArray();
    const untold = new Set(skipped.map(({ target }) => target));
    const plan = this.parts.planner
      .plan(event.source.account, 'ADJUSTMENT', event.test)
      .filter(({ target }) => !untold.has(target));
    await this.settle(event, found, { late: true, plan });
    const again = skipped.map((row) => {
      const _id = replayId(event._id, row.target, 'late-attribution');
      const { reason: _why, settledAt: _when, log: _log, ...rest } = row;
      const times = { at: new Date(now), wakeAt: new Date(now) };
      return { ...rest, ...times, _id, replayOf: row._id, state: 'due' as const };
    });
    await insertAll(() => deliveries, again);
  }

  /** Its rows need not wait for their next look. */
  private async wake(event: EventDoc, now: number): Promise<void> {
    await this.parts.store.deliveries.updateMany(
      { _id: { $in: [...plannedRowIds(event)] }, state: 'held', reason: 'click' },
      { $set: { wakeAt: new Date(now) } },
    );
  }

  /**
   * Writes the correction. While the conversion itself still waits, its own delivery carries the answer, so nobody else is
   * told; a late one goes to whoever the conversion went to. Rows first: a row without an event ends by itself.
   */
  private async settle(
    event: EventDoc,
    found: Found,
    { late, plan }: Pick<Correction, 'late' | 'plan'> = IN_TIME,
  ): Promise<Found> {
    const { store, clock, metrics } = this.parts;
    const now = clock.now();
    const doc = correction(event, found, { late, now, plan });
    await insertAll(() => store.deliveries, stampRows(doc, plan, now, true));
    const { duplicates } = await insertAll(() => store.events, [doc]);
    if (duplicates.size === 0) {
      countFindings(metrics, doc.flags);
      return doc;
    }
    return (await store.events.findOne({ _id: doc._id })) ?? doc;
  }
}

/** The ADJUSTMENT that says whose conversion it is: no money, the order's names, the conversion as what it corrects. */
function correction(event: EventDoc, found: Found, { late, now, plan }: Correction): EventDoc {
  const key = keyOf(event, late);
  const at = new Date(now);
  const { attribution, flags } = found;
  const said = late ? [...flags, 'late-attribution'] : flags;
  return {
    ...event,
    _id: eventId(event.source.account, key),
    type: 'ADJUSTMENT',
    contentHash: hash('sha256', canonicalJson({ key, attribution }), 'base64url').slice(0, 27),
    receivedAt: at.toISOString(),
    source: { ...event.source, key, nativeType: ATTRIBUTION },
    attribution,
    revenue: null,
    payout: null,
    flags: [...said],
    reverses: null,
    adjusts: event._id,
    plan: plan.map(({ target, route, configVersion }) => ({ target, route, configVersion })),
    at,
  };
}
