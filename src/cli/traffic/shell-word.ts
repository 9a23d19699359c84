const SAFE = /^[\w@%+=:,./-]+$/;

/** One text as a word of a POSIX shell. Each secret inside becomes a variable of the given name, which the user sets. */
export function shellWord(text: string, secrets: ReadonlyMap<string, string>): string {
  const places = [...secrets].sort(([a], [b]) => b.length - a.length);
  const [found, variable] = places.find(([secret]) => text.includes(secret)) ?? [];
  if (found === undefined || variable === undefined)
    return SAFE.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = text.split(found).map((part) => (part === '' ? '' : shellWord(part, secrets)));
  return parts.join(`"$${variable}"`);
}

/** `secretKey` → `SECRET_KEY` */
export const variableName = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/\W+/g, '_')
    .toUpperCase();
