import type { Configuration } from '../accounts/configuration.js';
import type { Account, Programme } from '../accounts/model.js';
import type { EventType } from '../contract/index.js';
import type { EventDoc, TouchDoc } from '../ledger/documents.js';
import { attribute, USUAL, type Attributed } from './attribute.js';
import { isOurs } from './click-id.js';
import type { Trail } from './touches.js';

/** Types that a click can lead to. What takes something back follows the event that it takes back. */
const ASKED: ReadonlySet<EventType> = new Set<EventType>([
  'LEAD',
  'QUALIFIED_LEAD',
  'APPROVED_LEAD',
  'SALE',
  'REBILL',
]);

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
