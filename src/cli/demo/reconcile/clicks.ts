import type { CanonicalEvent } from '../../../contract/index.js';
import type { TapfiliateClick } from '../partners/tapfiliate-books.js';
import type { Played } from '../played.js';
import { VISIT, type Visited } from '../visit.js';
import type { Comparison } from './check.js';

function visitFaults(
  { visit, status, clickId }: Visited,
  events: readonly CanonicalEvent[],
  told: readonly TapfiliateClick[],
): string[] {
  const name = `the click of ${visit.name}`;
  if (status !== 302) return [`${name} was answered ${status}, not 302`];
  const mine = events.filter(
    ({ type, attribution }) => type === 'CLICK' && attribution.clickId === clickId,
  );
  const [event] = mine;
  if (!event || mine.length > 1) return [`${name} is ${mine.length} times in the ledger`];
  const there = told.filter(({ eventId }) => eventId === event.id);
  const whose = [event.attribution.affiliateId, ...there.map((one) => one.referralCode)];
  return [
    ...(there.length === 1 ? [] : [`${name} is ${there.length} times at Tapfiliate`]),
    ...(whose.every((one) => one === visit.affiliate)
      ? []
      : [`${name} is booked for ${whose.join(', ')}, not for ${visit.affiliate}`]),
  ];
}

/** The visit that a notification's buyer came by, as the story says it. */
function visitOf({ notification }: Played, visited: readonly Visited[]): Visited | undefined {
  const { swap, learns } = notification.beat;
  const names = [...Object.values(swap ?? {}), learns?.attribution?.clickId];
  return visited.find(({ visit }) => names.includes(`${VISIT}${visit.name}`));
}

function saleFaults(one: Played, { visit, clickId }: Visited): string[] {
  return one.events.flatMap(({ type, order, id, attribution }) => {
    const { affiliateId, clickId: found, how } = attribution;
    return affiliateId === visit.affiliate && found === clickId && how === 'click'
      ? []
      : [
          `${type} ${order?.id ?? id} belongs to ${affiliateId ?? 'nobody'}, not to ${visit.affiliate}`,
        ];
  });
}

/** Types that a click can lead to; what takes one back follows it. */
const LED_TO: ReadonlySet<string> = new Set(['LEAD', 'SALE', 'REBILL']);

/** Every click once in the ledger and at Tapfiliate, and every sale with the affiliate whose link the buyer followed. */
export function compareClicks(
  visited: readonly Visited[],
  played: readonly Played[],
  events: readonly CanonicalEvent[],
  told: readonly TapfiliateClick[],
): Comparison {
  const sales = played.flatMap((one) => {
    const by = visitOf(one, visited);
    const isLedTo = one.events.some(({ type }) => LED_TO.has(type));
    return by && isLedTo ? [{ one, by }] : [];
  });
  return {
    between: 'clicks and whose sales they led to',
    compared: visited.length + sales.length,
    differences: [
      ...visited.flatMap((one) => visitFaults(one, events, told)),
      ...sales.flatMap(({ one, by }) => saleFaults(one, by)),
      ...(told.length === visited.length
        ? []
        : [`Tapfiliate has ${told.length} clicks, not ${visited.length}`]),
    ],
  };
}
