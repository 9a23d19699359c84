import {
  REJECTIONS,
  type CanonicalEvent,
  type EventDraft,
  type Money,
  type RejectionReason,
} from '../../../contract/index.js';
import type { LedgerReceipt } from '../ledger-reader.js';
import { verdictOf, type Played, type Verdict } from '../played.js';
import { moneyText } from '../tell/words.js';
import type { Comparison } from './check.js';

/** What a network's notification should come to, by the golden file of the plugin and by the story. */
function wanted({ beat, meaning }: Played['notification']): { status: number; verdict: Verdict } {
  if (meaning.kind === 'refused') {
    return { status: REJECTIONS[meaning.reason as RejectionReason], verdict: 'refused' };
  }
  if (beat.again) return { status: 200, verdict: 'repeat' };
  if (beat.known) return { status: 200, verdict: 'nothing' };
  if (meaning.kind === 'parked') return { status: 200, verdict: 'parked' };
  return { status: 200, verdict: meaning.drafts.length > 0 ? 'recorded' : 'nothing' };
}

function answerFaults(played: readonly Played[]): string[] {
  return played.flatMap((one) => {
    const { beat } = one.notification;
    const want = wanted(one.notification);
    const verdict = verdictOf(one);
    const name = `${beat.source}, ${beat.title}`;
    return [
      ...(one.status === want.status
        ? []
        : [`${name}: answered ${one.status}, not ${want.status}`]),
      ...(verdict === want.verdict ? [] : [`${name}: became ${verdict}, not ${want.verdict}`]),
    ];
  });
}

const sameMoney = (a: Money | null | undefined, b: Money | null | undefined): boolean =>
  a?.amount === b?.amount && a?.currency === b?.currency;

function eventFaults(draft: EventDraft, event: CanonicalEvent | undefined): string[] {
  const name = `${draft.type} ${draft.key}`;
  if (!event) return [`${name} is missing in the ledger`];
  const faults: string[] = [];
  if (event.type !== draft.type) faults.push(`${name} is a ${event.type} in the ledger`);
  if (event.test !== draft.test) faults.push(`${name}: test is ${event.test} in the ledger`);
  for (const what of ['revenue', 'payout'] as const) {
    if (!sameMoney(event[what], draft[what])) {
      const [said, kept] = [moneyText(draft[what]), moneyText(event[what])];
      faults.push(`${name}: ${what} was ${said}, the ledger has ${kept}`);
    }
  }
  return faults;
}

/** Every event that the networks meant, once: by account and key. */
function meant(played: readonly Played[]): Map<string, EventDraft> {
  const drafts = new Map<string, EventDraft>();
  for (const { notification } of played) {
    const { beat, kit, meaning } = notification;
    if (meaning.kind !== 'events' || beat.again || beat.known) continue;
    for (const draft of meaning.drafts) drafts.set(`${kit.account} ${draft.key}`, draft);
  }
  return drafts;
}

/**
 * What the networks said against what the ledger holds: each fact once, with its money; each receipt accounted for;
 * nothing of anything that was refused. Clicks, which nobody notified us of, are held against their visits elsewhere:
 * `others` is how many receipts they have.
 */
export function compareNetworks(
  played: readonly Played[],
  receipts: readonly LedgerReceipt[],
  events: readonly CanonicalEvent[],
  others: number,
): Comparison {
  const drafts = meant(played);
  const told = events.filter(({ type }) => type !== 'CLICK');
  const byName = new Map(told.map((one) => [`${one.source.account} ${one.source.key}`, one]));
  const missing = [...drafts].flatMap(([name, draft]) => eventFaults(draft, byName.get(name)));
  const extra = [...byName].filter(([name]) => !drafts.has(name));
  const taken = played.filter((one) => verdictOf(one) !== 'refused').length;
  return {
    between: 'networks and ledger',
    compared: played.length + drafts.size,
    differences: [
      ...answerFaults(played),
      ...missing,
      ...extra.map(([name, { type }]) => `the ledger has ${type} ${name}, which nobody sent`),
      ...(receipts.length === taken + others
        ? []
        : [`the ledger has ${receipts.length} receipts for ${taken + others} that it should have`]),
    ],
  };
}

/** Texts of forged and stale notifications that turned up somewhere. */
export function compareForged(
  marker: string,
  places: Readonly<Record<string, string>>,
  refused: number,
): Comparison {
  const found = Object.entries(places).filter(([, text]) => text.includes(marker));
  return {
    between: 'refused notifications and everything',
    compared: refused,
    differences: found.map(([place]) => `something of a refused notification is in ${place}`),
  };
}
