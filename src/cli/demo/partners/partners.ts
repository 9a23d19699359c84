import { randomBytes } from 'node:crypto';
import type { Beat, Notification, StageAct } from '../beat.js';
import { Tapfiliate } from './tapfiliate.js';
import { Tracker } from './tracker.js';
import { Tune } from './tune.js';

const key = (): string => randomBytes(18).toString('base64url');

/** Targets of the demo by their id in the configuration. */
export const TARGETS = ['tap', 'tune', 'tracker'] as const;
export type TargetId = (typeof TARGETS)[number];

/** The three local partners. */
export interface Partners {
  readonly tap: Tapfiliate;
  readonly tune: Tune;
  readonly tracker: Tracker;
}

/** Clicks that no partner has seen: those of the beats that say so. */
function strangeClicks(notifications: readonly Notification[]): ReadonlySet<string> {
  const clicks = notifications.flatMap(({ beat, meaning }) =>
    beat.strangeClick && meaning.kind === 'events'
      ? meaning.drafts.map((draft) => draft.attribution?.clickId ?? '')
      : [],
  );
  return new Set(clicks.filter((click) => click !== ''));
}

export async function openPartners(notifications: readonly Notification[]): Promise<Partners> {
  const strange = strangeClicks(notifications);
  const partners = {
    tap: new Tapfiliate(key(), strange),
    tune: new Tune(key(), key(), strange),
    tracker: new Tracker(),
  };
  await Promise.all([partners.tap.open(), partners.tune.open(), partners.tracker.open()]);
  return partners;
}

export async function closePartners({ tap, tune, tracker }: Partners): Promise<void> {
  await Promise.all([tap.close(), tune.close(), tracker.close()]);
}

/** The shop's own script tells Tapfiliate of the sale before the network tells us. */
function tellByPixel({ tap }: Partners, { meaning }: Notification): void {
  const [sale] = meaning.kind === 'events' ? meaning.drafts : [];
  if (sale?.order && sale.revenue) tap.books.add(sale.order.id, null, sale.revenue);
}

async function act(what: StageAct, partners: Partners, one: Notification): Promise<void> {
  const { tap, tracker } = partners;
  switch (what) {
    case 'pixel-was-first':
      tellByPixel(partners, one);
      return;
    case 'tapfiliate-cuts-line':
      tap.cuts = 1;
      return;
    case 'tracker-cuts-line':
      tracker.cuts = 1;
      return;
    case 'tracker-busy':
      tracker.busy = true;
      return;
    case 'tracker-closes':
      await tracker.close();
      return;
    case 'tracker-returns':
      tracker.busy = false;
      await tracker.open();
  }
}

/** What a beat wants arranged before (or after) it. */
export async function arrange(
  when: 'before' | 'after',
  partners: Partners,
  one: Notification,
): Promise<void> {
  const what: Beat['before'] = one.beat[when];
  if (what) await act(what, partners, one);
}

/** `--break`: one cent more on one conversion, as a careless hand would do it. */
export function falsify({ tap }: Partners): string {
  const [first] = tap.books.conversions;
  if (!first) return 'nothing to falsify';
  first.amount = { ...first.amount, amount: first.amount.amount + 1 };
  return `one cent added to conversion ${first.id} (${first.externalId}) in Tapfiliate's books`;
}
