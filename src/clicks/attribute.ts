import type { Offer, Programme } from '../accounts/model.js';
import type { Attribution, TouchPoint } from '../contract/index.js';
import type { EventDoc, TouchDoc } from '../ledger/documents.js';
import { DAY_MS } from './touch.js';

/** Touches kept on an event: enough for any report, and no flood by one visitor. */
const MAX_PATH = 20;
const FAST_MS = 1000;

/** The rules where neither account nor offer names a programme. */
export const USUAL: Programme = {
  id: 'usual',
  model: 'last-touch',
  baseCurrency: 'USD',
  windowDays: 30,
  onePerClick: false,
};

/** What is known about a conversion beside itself. */
export interface Known {
  /** The touch that the network named. */
  readonly named: TouchDoc;
  /** Other touches of the same browser. */
  readonly others: readonly TouchDoc[];
  readonly programme: Programme;
  readonly offerOf: (id: string) => Offer | undefined;
}

export interface Attributed {
  readonly attribution: Attribution;
  readonly flags: readonly string[];
  /** The touch that gets the conversion; undefined when it came too late. */
  readonly winner: TouchDoc | undefined;
}

const byTime = (a: TouchDoc, b: TouchDoc): number =>
  a.at.getTime() - b.at.getTime() || (a._id < b._id ? -1 : 1);

const point = ({ _id, kind, at, affiliate, offer }: TouchDoc): TouchPoint => ({
  clickId: _id,
  kind,
  at: at.toISOString(),
  affiliateId: affiliate,
  offerId: offer,
});

/** The way of a conversion as its event keeps it: the latest touches, and in any case the one that counts. */
function shown(path: readonly TouchDoc[], winner: TouchDoc): readonly TouchPoint[] {
  const latest = path.slice(-MAX_PATH);
  return (latest.includes(winner) ? latest : [winner, ...latest.slice(1)]).map(point);
}

/** How an event is attributed by its own words: click id, then coupon, then referral, then none. */
export function howOf(
  own: Pick<Attribution, 'clickId' | 'coupon' | 'affiliateId'>,
): Attribution['how'] {
  if (own.clickId !== null) return 'click';
  if (own.coupon !== null) return 'coupon';
  return own.affiliateId === null ? 'none' : 'referral';
}

/** The event's own words without its click: for a click that does not count, or that nobody knows. */
export function withoutClick(own: Attribution): Attribution {
  const rest = { ...own, clickId: null };
  return { ...rest, how: howOf(rest) };
}

/** A click counts before any impression; of equals the model decides. */
function choose(path: readonly TouchDoc[], { model }: Programme): TouchDoc | undefined {
  const clicks = path.filter(({ kind }) => kind === 'click');
  const pool = clicks.length > 0 ? clicks : path;
  return model === 'first-touch' ? pool[0] : pool.at(-1);
}

/** The network's own words first; what it leaves out comes with the click. Whose click and which offer the click knows best. */
function merge(own: Attribution, winner: TouchDoc, path: readonly TouchPoint[]): Attribution {
  const source = winner.source === null ? {} : { source: winner.source };
  return {
    ...own,
    clickId: winner._id,
    affiliateId: winner.affiliate ?? own.affiliateId,
    offerId: winner.offer ?? own.offerId,
    campaignId: own.campaignId ?? winner.campaign,
    placement: own.placement ?? winner.placement,
    utm: { ...source, ...winner.utm, ...own.utm },
    subIds: own.subIds.length > 0 ? own.subIds : winner.subIds,
    how: 'click',
    affiliateClickId: winner.theirs,
    path,
  };
}

const EARNS: ReadonlySet<string> = new Set(['LEAD', 'QUALIFIED_LEAD', 'APPROVED_LEAD', 'SALE']);

function termsFlags(event: EventDoc, offer: Offer | undefined, at: number): string[] {
  const flags: string[] = [];
  if (offer?.endsAt !== undefined && at >= offer.endsAt) flags.push('offer-ended');
  const { payout } = event;
  const agreed = EARNS.has(event.type) && payout ? offer?.payout : undefined;
  if (agreed && (payout?.amount !== agreed.amount || payout.currency !== agreed.currency))
    flags.push('wrong-payout');
  return flags;
}

/** Networks that tell whole seconds round down: by their word alone a lag is only known to the second. */
function isFast(event: EventDoc, at: number, clicked: number): boolean {
  const slack = at % FAST_MS === 0 ? FAST_MS - 1 : 0;
  return at + slack - clicked < FAST_MS || Date.parse(event.receivedAt) - clicked < FAST_MS;
}

/** Whose conversion it is, by the rules of the programme. Pure. */
export function attribute(event: EventDoc, known: Known): Attributed {
  const { named, others, programme, offerOf } = known;
  const at = Date.parse(event.occurredAt);
  // A renewal belongs to the click of its order, however long ago that was.
  const since = event.type === 'REBILL' ? -Infinity : at - programme.windowDays * DAY_MS;
  const earlier = others.filter((one) => one._id !== named._id && one.at.getTime() <= at);
  const path = [...earlier, named].sort(byTime);
  const winner = choose(
    path.filter((one) => one.at.getTime() >= since),
    programme,
  );
  const own: Attribution = { ...event.attribution, model: programme.model };
  if (!winner) {
    const attribution = { ...withoutClick(own), path: shown(path, named) };
    return { attribution, flags: ['click-expired'], winner };
  }
  const offer = winner.offer === null ? undefined : offerOf(winner.offer);
  const fast = event.type !== 'REBILL' && isFast(event, at, winner.at.getTime());
  const flags = [...(fast ? ['lag-under-1s'] : []), ...termsFlags(event, offer, at)];
  return { attribution: merge(own, winner, shown(path, winner)), flags, winner };
}
