/** A plain object (not an array, not null). */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Step {
  readonly name?: string;
  readonly index?: number;
  readonly where?: readonly [name: string, value: string];
}

const STEP = /^(?:\.?([^.[\]]+)|\[(\d{1,4})\]|\["([^"]+)"\]|\[([^=[\]"]+)=([^\]]*)\])/;

/** A compiled path, or undefined when the text is none. */
export type Path = readonly Step[];

/**
 * Paths of the declarative mapping: `a.b`, `a[0]`, `a["dotted.name"]`, `a[key=value]` (first element whose key has
 * that text). Own properties only, no expressions; cost is linear in the path.
 */
export function compilePath(text: string): Path | undefined {
  const steps: Step[] = [];
  let rest = text;
  while (rest !== '') {
    const m = STEP.exec(rest);
    if (!m || (steps.length === 0 && m[0].startsWith('.')) || steps.length >= 32) return undefined;
    if (m[2] !== undefined) steps.push({ index: Number(m[2]) });
    else if (m[4] !== undefined) steps.push({ where: [m[4], m[5] ?? ''] });
    else steps.push({ name: m[1] ?? m[3] ?? '' });
    rest = rest.slice(m[0].length);
  }
  return steps.length > 0 ? steps : undefined;
}

function follow(value: unknown, step: Step): unknown {
  if (step.name !== undefined) {
    return isRecord(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  if (step.index !== undefined) return value[step.index] as unknown;
  const [name, wanted] = step.where ?? ['', ''];
  return value.find(
    (item) => isRecord(item) && Object.hasOwn(item, name) && text(item[name]) === wanted,
  ) as unknown;
}

const cache = new Map<string, Path | undefined>();

/** The value at a path (text or compiled), or undefined. Never throws, never leaves own properties. */
export function pick(value: unknown, path: string | Path): unknown {
  const steps = typeof path === 'string' ? compiled(path) : path;
  if (steps === undefined) return undefined;
  let at = value;
  for (const step of steps) {
    if (at === undefined) return undefined;
    at = follow(at, step);
  }
  return at;
}

function compiled(path: string): Path | undefined {
  const known = cache.get(path);
  if (known !== undefined || cache.has(path)) return known;
  const steps = compilePath(path);
  if (cache.size < 5000) cache.set(path, steps);
  return steps;
}

/** A text or number as trimmed text; undefined for anything else and for the empty text. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  const trimmed = value.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** `text(pick(value, path))`. */
export const textAt = (value: unknown, path: string | Path): string | undefined =>
  text(pick(value, path));

/** The array at a path, or an empty one. */
export function listAt(value: unknown, path: string | Path): readonly unknown[] {
  const found = pick(value, path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** The flat map of texts at a path (metadata, custom values); other members are left out. */
export function textsAt(value: unknown, path: string | Path): Readonly<Record<string, string>> {
  const found = pick(value, path);
  if (!isRecord(found)) return {};
  const texts: Record<string, string> = {};
  for (const name of Object.keys(found)) {
    const asText = name === '__proto__' ? undefined : text(found[name]);
    if (asText !== undefined) texts[name] = asText;
  }
  return texts;
}

const PLACEHOLDER =
  /^(?:\{[^{}]*\}|\[[^[\]]*\]|%[A-Za-z_]+%|#[A-Za-z_]+#|\$\{[^{}]*\}|<[^<>]*>|__[A-Za-z]+__|REPLACE|OPTIONAL|undefined|null|none)$/i;

/** How any of these begins: most ids do not, and are done with after one character. */
const MAY_BEGIN = /^[{[%#$<_roun]/i;

/** A macro that nobody replaced (`{clickid}`, `[CLICKID]`, `%CLICK%`, `null`): no id at all. */
export const isPlaceholder = (value: string): boolean => {
  const trimmed = value.trim();
  return MAY_BEGIN.test(trimmed) && PLACEHOLDER.test(trimmed);
};

/** An identifier given by the outside: undefined for blanks and unreplaced macros, cut to 256 characters. */
export function identifier(value: unknown): string | undefined {
  const found = text(value);
  return found === undefined || isPlaceholder(found) ? undefined : found.slice(0, 256);
}
