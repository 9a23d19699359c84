import type { Offer, Programme } from '../accounts/model.js';
import { formRecord, identifier } from '../contract/index.js';
import type { EventDoc, TouchDoc } from '../ledger/documents.js';
import { isPersonal } from './click-id.js';

export const DAY_MS = 86_400_000;
/** A click that led to nothing is forgotten after this, or after the programme's window where that is longer. */
export const KEPT_DAYS = 30;

type Texts = Readonly<Record<string, string>>;

const AFFILIATE =
  'affiliate_id affiliate affiliateid aff_id affid aff ref tap_a via pid pub_id'.split(' ');
const THEIRS =
  'aff_click_id affclickid click_id clickid cid transaction_id tid gclid msclkid ttclid fbclid'.split(
    ' ',
  );
const SOURCE = ['source', 'src', 'utm_source', 'traffic_source'];
const PLACEMENT = ['placement', 'pl', 'subsource', 'site_id'];
const CAMPAIGN = ['campaign_id', 'campaign', 'utm_campaign'];
const UTM = ['source', 'medium', 'campaign', 'term', 'content'] as const;
const SUB = /^(?:aff_)?s(?:ub)?_?(?:id)?_?(\d{1,2})?$/;
const MAX_SUBS = 10;

/** Nothing personal is kept with a click: an e-mail or an address is left out, wherever it stands. */
function clean(value: string | undefined): string | undefined {
  const id = identifier(value);
  return id === undefined || isPersonal(id.toLowerCase()) || id.includes('@') ? undefined : id;
}

const orNull = (value: string | null | undefined): string | null => clean(value ?? '') ?? null;

const first = (texts: Texts, names: readonly string[]): string | null =>
  names.map((name) => clean(texts[name])).find((value) => value !== undefined) ?? null;

function utmOf(texts: Texts): Record<string, string> {
  return Object.fromEntries(
    UTM.flatMap((name) => {
      const value = clean(texts[`utm_${name}`]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** An empty slot keeps its place, so that sub 3 stays sub 3; a name without a number is the first. */
function slots(values: readonly (string | undefined)[]): string[] {
  const last = values.findLastIndex((value) => value !== undefined);
  return Array.from(values.slice(0, Math.min(last + 1, MAX_SUBS)), (value) => value ?? '');
}

function subIdsOf(texts: Texts): string[] {
  const found: (string | undefined)[] = [];
  for (const [name, value] of Object.entries(texts)) {
    const place = SUB.exec(name);
    const slot = Number(place?.[1] ?? 1) - 1;
    if (place && slot >= 0 && slot < MAX_SUBS) found[slot] ??= clean(value);
  }
  return slots(found);
}

/**
 * Names in lower case. What is not encoded properly is read as it stands: links are made by hand, and a `50%` in one value
 * must not lose whose link it is.
 */
const textsOf = (query: string): Texts =>
  formRecord([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value]));

const keptUntil = (at: number, programme: Programme | undefined): Date =>
  new Date(at + Math.max(KEPT_DAYS, programme?.windowDays ?? 0) * DAY_MS);

export interface Visit {
  readonly clickId: string;
  readonly kind: TouchDoc['kind'];
  readonly offer: Offer;
  readonly programme: Programme | undefined;
  /** From an earlier click of the same browser. */
  readonly visitor: string | undefined;
  /** Without the question mark. */
  readonly query: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What is kept of one call of a tracking link. No address, no browser, no referrer. */
export function touchOf(visit: Visit): TouchDoc {
  const texts = textsOf(visit.query);
  return {
    _id: visit.clickId,
    kind: visit.kind,
    at: new Date(visit.at),
    offer: visit.offer.id,
    affiliate: first(texts, AFFILIATE),
    campaign: first(texts, CAMPAIGN),
    source: first(texts, SOURCE),
    placement: first(texts, PLACEMENT),
    utm: utmOf(texts),
    subIds: subIdsOf(texts),
    theirs: first(texts, THEIRS),
    visitor: visit.visitor ?? visit.clickId,
    expireAt: keptUntil(visit.at, visit.programme),
    ...(visit.kind === 'click' && visit.offer.account !== undefined
      ? { tell: visit.offer.account }
      : {}),
  };
}

/** The touch that a CLICK event tells of; undefined when it names no click. */
export function touchOfEvent(
  event: Pick<EventDoc, 'type' | 'attribution' | 'occurredAt' | 'at'>,
  programme?: Programme,
): TouchDoc | undefined {
  const { clickId, offerId, affiliateId, campaignId, placement, utm, subIds, affiliateClickId } =
    event.attribution;
  if (event.type !== 'CLICK' || clickId === null) return undefined;
  const at = Math.min(Date.parse(event.occurredAt), event.at.getTime());
  const told = Object.fromEntries(
    Object.entries(utm).map(([name, value]) => [`utm_${name}`, value]),
  );
  return {
    _id: clickId,
    kind: 'click',
    at: new Date(at),
    offer: orNull(offerId),
    affiliate: orNull(affiliateId),
    campaign: orNull(campaignId),
    source: orNull(utm['source']),
    placement: orNull(placement),
    utm: utmOf(told),
    subIds: slots(subIds.map(clean)),
    theirs: orNull(affiliateClickId),
    visitor: clickId,
    expireAt: keptUntil(event.at.getTime(), programme),
    fresh: true,
  };
}
