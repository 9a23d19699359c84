import type { Configuration } from '../accounts/configuration.js';
import type { Account, Programme } from '../accounts/model.js';
import type { EventType } from '../contract/index.js';
import type { CommitRequest } from '../ledger/commit.js';
import type { DeliveryDoc, EventDoc, TouchDoc } from '../ledger/documents.js';
import type { AttributionHook } from '../ledger/ledger.js';
import type { Clock } from '../platform/clock/clock.js';
import { attribute, USUAL, type Attributed } from './attribute.js';
import { isOurs } from './click-id.js';
import type { Touches, Trail, Trails } from './touches.js';

/** Types that a click can lead to. What takes something back follows the event that it takes back. */
const ASKED: ReadonlySet<EventType> = new Set<EventType>([
  'LEAD',
  'QUALIFIED_LEAD',
  'APPROVED_LEAD',
  'SALE',
  'REBILL',
]);

/** When a click that is not there yet is looked for again, after the conversion (milliseconds). */
export const LOOKS_MS: readonly number[] = [60_000, 300_000, 900_000];

/** What becomes of a conversion and of its rows. `void`: the click has earned another order. */
interface Decided {
  readonly event: EventDoc;
  readonly fate: 'go' | 'wait' | 'void';
}

/** Rules of attribution for one event: its account's programme, else that of the offer. */
export class Rules {
  private tracked: { accounts: readonly Account[]; answer: boolean } | undefined;

  constructor(private readonly configuration: Configuration) {}

  /** Clicks come in as events, under ids that others made. */
  private hasTrack(): boolean {
    const { accounts } = this.configuration;
    if (this.tracked?.accounts !== accounts)
      this.tracked = { accounts, answer: accounts.some(({ source }) => source.name === 'track') };
    return this.tracked.answer;
  }

  private ownProgramme(event: EventDoc): string | undefined {
    return this.configuration.account(event.source.account)?.programme;
  }

  /** Whether the click store may know the click behind this event; without any look into it. */
  asks(event: EventDoc): boolean {
    const { clickId } = event.attribution;
    if (clickId === null || !ASKED.has(event.type)) return false;
    // Another platform has settled whose it is; its clicks never came here.
    if (event.flags.includes('imported')) return false;
    const programme = this.ownProgramme(event);
    if (programme === 'none' || event.flags.includes('click-id-personal')) return false;
    if (programme !== undefined || this.hasTrack()) return true;
    return isOurs(clickId) && this.configuration.offers.length > 0;
  }

  /** Whether a click that is not there is worth waiting for: one of ours, or the account's clicks all come here. */
  expects(event: EventDoc): boolean {
    const { clickId } = event.attribution;
    return this.ownProgramme(event) !== undefined || (clickId !== null && isOurs(clickId));
  }

  programme(event: EventDoc, touch: TouchDoc): Programme {
    const offer = this.configuration.offer(touch.offer ?? event.attribution.offerId ?? '');
    const id = this.ownProgramme(event) ?? offer?.programme;
    return (
      (id === undefined || id === null ? undefined : this.configuration.programme(id)) ?? USUAL
    );
  }

  apply(event: EventDoc, trail: Trail): Attributed {
    return attribute(event, {
      ...trail,
      programme: this.programme(event, trail.named),
      offerOf: (id) => this.configuration.offer(id),
    });
  }
}

/** What an order is known by: a click earns one, with its lines and renewals. */
export const orderOf = (event: EventDoc): string =>
  `${event.source.account}|${event.order?.id ?? event._id}`;

const withFlags = (event: EventDoc, flags: readonly string[]): readonly string[] => [
  ...new Set([...event.flags, ...flags]),
];

/** Looks behind the click ids of a commit group, once for all of them, and waits for that 50 ms at most. */
export class ClickAttribution implements AttributionHook {
  constructor(
    private readonly rules: Rules,
    private readonly touches: Touches,
    private readonly clock: Clock,
  ) {}

  wants(request: CommitRequest): boolean {
    return request.events.some((event) => this.rules.asks(event));
  }

  async attribute(group: readonly CommitRequest[]): Promise<readonly CommitRequest[]> {
    const asking = group.flatMap(({ events }) => events.filter((event) => this.rules.asks(event)));
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
    const { attribution, flags, winner } = this.rules.apply(event, trail);
    const whole = { ...event, attribution, flags: withFlags(event, flags) };
    if (!winner || event.type !== 'SALE' || !this.rules.programme(event, trail.named).onePerClick)
      return { event: whole, fate: 'go' };
    const order = orderOf(event);
    const first = await this.touches.claim(winner._id, order).catch(() => undefined);
    if (first === undefined || first === order) return { event: whole, fate: 'go' };
    const voided = withFlags(whole, ['click-already-converted']);
    return { event: { ...whole, flags: voided }, fate: 'void' };
  }

  private unknown(event: EventDoc): Decided {
    if (!this.rules.expects(event)) return { event, fate: 'go' };
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
