/** Whether a value of unknown make is what a member of a draft must be. */
type Check = (value: unknown) => boolean;
/** Listed once: every draft passes through here. */
type Checks = readonly (readonly [member: string, holds: Check])[];

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text of 1 to `limit` characters. */
export const sized = (value: unknown, limit: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= limit;

const text: Check = (value) => typeof value === 'string';
const textOrNull: Check = (value) => value === null || text(value);
// An empty name would tie together all orders that have one.
const name: Check = (value) => sized(value, 256);
const key: Check = (value) => sized(value, 512);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const textsByName: Check = (value) => isRecord(value) && Object.values(value).every(text);

const STATES: ReadonlySet<unknown> = new Set(['granted', 'denied', 'unknown']);

/** The optional members of a draft that hold members of their own. */
const PARTS: readonly (readonly [part: string, checks: Checks])[] = Object.entries<
  Readonly<Record<string, Check>>
>({
  order: {
    parentId: name,
    line: text,
    sequence: (value: unknown) => Number.isSafeInteger(value),
    aliases: listOf(name),
  },
  attribution: {
    clickId: text,
    affiliateId: text,
    coupon: text,
    campaignId: text,
    offerId: text,
    placement: text,
    affiliateClickId: text,
    utm: textsByName,
    subIds: listOf(text),
  },
  customer: { id: text, email: text },
  consent: { state: (value: unknown) => STATES.has(value), region: textOrNull, basis: textOrNull },
  record: { id: key, state: name },
}).map(([part, checks]) => [part, Object.entries(checks)]);

const PLAIN: Checks = Object.entries({
  flags: listOf(text),
  reversesKey: key,
  adjustsKey: key,
});

/** The first member that is there and not what it must be. */
function wrong(value: Readonly<Record<string, unknown>>, checks: Checks): string | undefined {
  for (const [member, holds] of checks) {
    const found = value[member];
    if (found !== undefined && !holds(found)) return member;
  }
  return undefined;
}

/**
 * The first optional member of a draft that has the wrong shape, as a sentence without its value (which may be personal),
 * or undefined. Plugins from outside need not be typed; a number stored as click id would never be found again.
 */
export function partFault(draft: Readonly<Record<string, unknown>>): string | undefined {
  for (const [part, checks] of PARTS) {
    const value = draft[part];
    if (value === undefined) continue;
    if (!isRecord(value)) return `${part} is no object`;
    const member = wrong(value, checks);
    if (member !== undefined) return `${part}.${member} has the wrong shape`;
  }
  const member = wrong(draft, PLAIN);
  return member === undefined ? undefined : `${member} has the wrong shape`;
}

/** Two or more names of one purchase. */
export const isLink = (value: unknown): boolean =>
  listOf(name)(value) && (value as readonly unknown[]).length >= 2;
