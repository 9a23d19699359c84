/** Shorter names are taken for one only where they are the whole value. */
const LONG = 6;

const stands = (text: string, name: string): boolean =>
  name.length >= LONG ? text.includes(name) : text === name;

const exchanged = (text: string, from: string, to: string): string =>
  from.length >= LONG ? text.replaceAll(from, to) : text === from ? to : text;

/** Whether a name stands somewhere in a message: in a text, a number or the name of a member. */
export function appears(value: unknown, name: string): boolean {
  if (typeof value === 'string') return stands(value, name);
  if (typeof value === 'number') return String(value) === name;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([member, one]) => (!Array.isArray(value) && stands(member, name)) || appears(one, name),
  );
}

/** A message with one name for another, everywhere. A number stays one where the new name is one. */
export function renamed(value: unknown, from: string, to: string): unknown {
  if (typeof value === 'string') return exchanged(value, from, to);
  if (typeof value === 'number') {
    if (String(value) !== from) return value;
    return /^\d{1,15}$/.test(to) ? Number(to) : to;
  }
  if (Array.isArray(value)) return value.map((one) => renamed(one, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, one]) => [
      exchanged(member, from, to),
      renamed(one, from, to),
    ]),
  );
}
