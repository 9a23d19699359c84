import { randomInt } from 'node:crypto';
import { base32Like } from './mark.js';
import { draftsOf } from './choose-sample.js';
import type { SourceCase } from '../../testing/index.js';

/** Everything by which a sample names its purchase, longest first so that no name is replaced inside another. */
function namesOf(one: SourceCase): readonly string[] {
  const names = draftsOf(one).flatMap(({ order, key }) =>
    order ? [order.id, ...(order.aliases ?? [])] : [key],
  );
  const text = JSON.stringify(one.payload);
  const there = [...new Set(names)].filter((name) => name.length >= 4 && text.includes(name));
  return there.sort((a, b) => b.length - a.length);
}

/** A name of the same kind: digits stay digits, a prefix such as `pi_` stays. */
function freshName(name: string): string {
  if (/^\d+$/.test(name))
    return `9${Array.from({ length: Math.max(name.length, 9) - 1 }, () => randomInt(10)).join('')}`;
  const prefix = /^[A-Za-z]{1,8}_/.exec(name)?.[0] ?? '';
  return `${prefix}${base32Like()}`;
}

/** One text for another, in every string and key of a message. Numbers are replaced where they are the whole value. */
export function renamed(value: unknown, from: string, to: string): unknown {
  if (typeof value === 'string') return value.replaceAll(from, to);
  if (typeof value === 'number') return String(value) === from ? Number(to) : value;
  if (Array.isArray(value)) return value.map((one) => renamed(one, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, renamed(one, from, to)]),
  );
}

export interface Fresh {
  readonly payload: unknown;
  /** The order's new name; undefined when the sample has none: then it is the same purchase every time. */
  readonly order: string | undefined;
}

/**
 * The sample as a purchase of its own: every name of its order is replaced by one that begins with WBT (or, where
 * only digits will do, by a random number). With `order` it is that purchase.
 */
export function freshPayload(one: SourceCase, order?: string): Fresh {
  const names = namesOf(one);
  const first = draftsOf(one)[0]?.order?.id ?? names.at(-1);
  let fresh: string | undefined;
  let { payload } = one;
  for (const name of names) {
    const next = name === first ? (order ?? freshName(name)) : freshName(name);
    if (name === first) fresh = next;
    payload = renamed(payload, name, next);
  }
  return { payload, order: fresh };
}
