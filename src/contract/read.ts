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
  let steps: Path | undefined;
  if (typeof path === 'string') {
    if (!cache.has(path) && cache.size < 5000) cache.set(path, compilePath(path));
    steps = cache.get(path) ?? compilePath(path);
  } else steps = path;
  return steps?.reduce<unknown>(
    (at, step) => (at === undefined ? undefined : follow(at, step)),
    value,
  );
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
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, inner]) => {
      const asText = text(inner);
      return asText === undefined || name === '__proto__' ? [] : [[name, asText] as const];
    }),
  );
}

const PLACEHOLDER =
  /^(?:\{[^{}]*\}|\[[^[\]]*\]|%[A-Za-z_]+%|#[A-Za-z_]+#|\$\{[^{}]*\}|<[^<>]*>|__[A-Za-z]+__|REPLACE|OPTIONAL|undefined|null|none)$/i;

/** A macro that nobody replaced (`{clickid}`, `[CLICKID]`, `%CLICK%`, `null`): no id at all. */
export const isPlaceholder = (value: string): boolean => PLACEHOLDER.test(value.trim());

/** An identifier given by the outside: undefined for blanks and unreplaced macros, cut to 256 characters. */
export function identifier(value: unknown): string | undefined {
  const found = text(value);
  return found === undefined || isPlaceholder(found) ? undefined : found.slice(0, 256);
}
