import { isRecord } from '../../contract/read.js';
import { nearest } from '../../platform/config/nearest.js';
import { usageFault } from '../program/exit.js';

function literal(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A text stays a text: a receipt number of digits is no number because it looks like one. */
const typed = (text: string, before: unknown): unknown =>
  typeof before === 'string' ? text : literal(text);

type Holder = Record<string, unknown> | unknown[];

const isHolder = (value: unknown): value is Holder => isRecord(value) || Array.isArray(value);

const indexOf = (name: string): number | undefined =>
  /^\d{1,4}$/.test(name) ? Number(name) : undefined;

const read = (holder: Holder, name: string): unknown =>
  Array.isArray(holder)
    ? holder[indexOf(name) ?? -1]
    : Object.hasOwn(holder, name)
      ? holder[name]
      : undefined;

function missing(path: string, name: string, holder: unknown): Error {
  const known = isHolder(holder) ? Object.keys(holder) : [];
  const meant = nearest(name, known);
  const fix =
    meant === undefined
      ? `there is ${known.join(', ') || 'nothing below it'}`
      : `did you mean ${meant}?`;
  return usageFault(`--set ${path}: the message has no "${name}" there`, fix);
}

/**
 * Sets one value of a message in place: `lineItems.0.accountAmount`, `receipt`. The last name may be new, all others
 * must be there. Returns the name that was probably meant where the last one is new. Throws a usage fault.
 */
export function setPath(payload: unknown, path: string, text: string): string | undefined {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at: unknown = payload;
  for (const name of names) {
    const next: unknown = isHolder(at) ? read(at, name) : undefined;
    if (!isHolder(next)) throw missing(path, name, at);
    at = next;
  }
  if (!isHolder(at) || last === '__proto__') throw missing(path, last, at);
  if (!Array.isArray(at)) {
    const known = Object.keys(at);
    const meant = known.includes(last) ? undefined : nearest(last, known);
    at[last] = typed(text, read(at, last));
    return meant;
  }
  const index = indexOf(last);
  if (index === undefined || index > at.length) throw missing(path, last, at);
  at[index] = typed(text, at[index]);
  return undefined;
}
