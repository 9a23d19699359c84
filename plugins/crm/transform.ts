/** Changes without an argument. */
const PLAIN: Readonly<Record<string, (value: string) => string>> = {
  lower: (value) => value.toLowerCase(),
  upper: (value) => value.toUpperCase(),
  trim: (value) => value.trim(),
  digits: (value) => value.replace(/\D+/g, ''),
};

const after = (value: string, mark: string): string =>
  value.includes(mark) ? value.slice(value.indexOf(mark) + mark.length) : '';

/** Changes with one, written `name:argument`. */
const WITH_TEXT: Readonly<Record<string, (value: string, argument: string) => string>> = {
  'strip-prefix': (value, prefix) =>
    value.startsWith(prefix) ? value.slice(prefix.length) : value,
  'strip-suffix': (value, suffix) =>
    value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
  before: (value, mark) => value.split(mark, 1)[0] ?? value,
  after: after,
};

function changeOf(spec: string): ((value: string) => string) | undefined {
  if (Object.hasOwn(PLAIN, spec)) return PLAIN[spec];
  const cut = spec.indexOf(':');
  const name = spec.slice(0, Math.max(cut, 0));
  const argument = spec.slice(cut + 1);
  const change = Object.hasOwn(WITH_TEXT, name) ? WITH_TEXT[name] : undefined;
  return change && argument !== '' ? (value) => change(value, argument) : undefined;
}

/** Rest of a sentence when a text names no known change. */
export const transformRule = (spec: string): string | undefined =>
  changeOf(spec)
    ? undefined
    : `is not a transform; known: ${Object.keys(PLAIN).join(', ')}, ${Object.keys(WITH_TEXT)
        .map((name) => `${name}:<text>`)
        .join(', ')}, e.g. "strip-prefix:deal-"`;

/** The text after all changes, trimmed; undefined when nothing is left. */
export function transformed(value: string, specs: readonly string[]): string | undefined {
  const changed = specs.reduce((now, spec) => changeOf(spec)?.(now) ?? now, value).trim();
  return changed === '' ? undefined : changed;
}
