import { randomBytes } from 'node:crypto';
import type { EventDraft } from '../../contract/index.js';
import type { SourceCase } from '../../testing/index.js';
import { draftsOf } from './choose-sample.js';
import { freshName } from './fresh-name.js';
import { appears, renamed } from './rename.js';

/** Seconds or milliseconds of our time: such a piece of a key says when, not what. */
const TIME = /^(?:1[5-9]\d{8}(?:\d{3})?|\d{4}-\d\d-\d\d.*)$/;
/** A word of the network, or a number too short to be told from a quantity. */
const NO_NAME = /^(?:[A-Za-z_.-]+|.)$/;

/** `deal:91` → `deal:91`, `deal`, `91` */
const piecesOf = (name: string): readonly string[] => [name, ...name.split(':')];

function isAmount(piece: string, { revenue, payout }: EventDraft): boolean {
  return [revenue?.amount, payout?.amount].some((amount) => String(amount) === piece);
}

/** Everything in the message by which its purchase is known, longest first: no name is replaced inside another. */
function namesOf(one: SourceCase): readonly string[] {
  const names = draftsOf(one).flatMap((draft) => {
    const { order, key, record } = draft;
    const all = [order?.id, ...(order?.aliases ?? []), key, record?.id];
    return all
      .flatMap((name) => (name === undefined ? [] : piecesOf(name)))
      .filter((piece) => !TIME.test(piece) && !NO_NAME.test(piece) && !isAmount(piece, draft));
  });
  const there = [...new Set(names)].filter((name) => appears(one.payload, name));
  return there.sort((a, b) => b.length - a.length);
}

export interface Fresh {
  readonly payload: unknown;
  /** The order as the ledger will call it; undefined when the sample names none: then it is the same fact every time. */
  readonly order: string | undefined;
}

/**
 * The sample as a purchase of its own: every name of it is replaced by one that begins with WBT where it may. With
 * `order` it is that purchase, whatever event it is.
 */
export function freshPayload(one: SourceCase, order?: string): Fresh {
  const names = namesOf(one);
  const whole = draftsOf(one)[0]?.order?.id;
  const first = piecesOf(whole ?? '').find((piece) => names.includes(piece)) ?? names[0];
  if (first === undefined) return { payload: one.payload, order: undefined };
  const before = whole === undefined ? '' : whole.slice(0, Math.max(0, whole.indexOf(first)));
  const given = order?.startsWith(before) ? order.slice(before.length) : order;
  const fresh = given ?? freshName(first, randomBytes(16).toString('hex'));
  const payload = names.reduce(
    (changed, name) => renamed(changed, name, name === first ? fresh : freshName(name, fresh)),
    one.payload,
  );
  return { payload, order: `${before}${fresh}` };
}
