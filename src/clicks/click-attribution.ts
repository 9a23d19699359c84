import type { CommitRequest } from '../ledger/commit.js';
import type { DeliveryDoc, EventDoc } from '../ledger/documents.js';
import type { AttributionHook } from '../ledger/ledger.js';
import type { Clock } from '../platform/clock/clock.js';
import { CLICK_SPENT, type Judge } from './judge.js';
import type { Touches, Trail, Trails } from './touches.js';

/** When a click that is not there yet is looked for again, after the conversion (milliseconds). */
export const LOOKS_MS: readonly number[] = [60_000, 300_000, 900_000];

/** What becomes of a conversion and of its rows. `void`: the click has earned another order. */
interface Decided {
  readonly event: EventDoc;
  readonly fate: 'go' | 'wait' | 'void';
}

const withFlags = (event: EventDoc, flags: readonly string[]): readonly string[] => [
  ...new Set([...event.flags, ...flags]),
];

/** Looks behind the click ids of a commit group, once for all of them, and waits for that 50 ms at most. */
export class ClickAttribution implements AttributionHook {
  constructor(
    private readonly judge: Judge,
    private readonly touches: Touches,
    private readonly clock: Clock,
  ) {}

  wants(request: CommitRequest): boolean {
    return request.events.some((event) => this.judge.rules.asks(event));
  }

  async attribute(group: readonly CommitRequest[]): Promise<readonly CommitRequest[]> {
    const asking = group.flatMap(({ events }) =>
      events.filter((event) => this.judge.rules.asks(event)),
    );
    const ids = new Set(asking.map(({ attribution }) => attribution.clickId ?? ''));
    const found = await this.touches.trailsInTime([...ids]);
    const trails = withGroup(found, group);
    const decided = new Map<string, Decided>();
    for (const event of asking) {
      const trail = trails.get(event.attribution.clickId ?? '');
      decided.set(event._id, trail ? await this.decide(event, trail) : this.unknown(event));
    }
    return group.map((request) => this.exchanged(request, decided));
  }

  private async decide(event: EventDoc, trail: Trail): Promise<Decided> {
    const { attribution, flags } = await this.judge.judge(event, trail);
    const whole = { ...event, attribution, flags: withFlags(event, flags) };
    return { event: whole, fate: flags.includes(CLICK_SPENT) ? 'void' : 'go' };
  }

  private unknown(event: EventDoc): Decided {
    if (!this.judge.rules.expects(event)) return { event, fate: 'go' };
    const attribution = { ...event.attribution, how: 'pending' as const };
    return { event: { ...event, attribution }, fate: 'wait' };
  }

  private exchanged(request: CommitRequest, decided: ReadonlyMap<string, Decided>): CommitRequest {
    if (!request.events.some(({ _id }) => decided.has(_id))) return request;
    return {
      ...request,
      events: request.events.map((event) => decided.get(event._id)?.event ?? event),
      rows: request.rows.map((row) => this.row(row, decided.get(row.event)?.fate ?? 'go')),
    };
  }

  private row(row: DeliveryDoc, fate: Decided['fate']): DeliveryDoc {
    if (fate === 'go' || row.state !== 'due') return row;
    const now = this.clock.now();
    if (fate === 'wait')
      return {
        ...row,
        state: 'held',
        reason: 'click',
        wakeAt: new Date(now + (LOOKS_MS[0] ?? 0)),
      };
    const { wakeAt: _none, ...rest } = row;
    return { ...rest, state: 'skipped', reason: 'no-attribution', settledAt: new Date(now) };
  }
}

/** A click and its sale may come in the same group: what is about to be written counts as known. */
function withGroup(found: Trails | undefined, group: readonly CommitRequest[]): Trails {
  const trails = new Map(found);
  for (const { touches = [] } of group)
    for (const named of touches)
      if (!trails.has(named._id)) trails.set(named._id, { named, others: [] });
  return trails;
}
