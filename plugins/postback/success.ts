import {
  compilePath,
  isRecord,
  parseJson,
  pattern,
  textAt,
  type HttpResponse,
  type Pattern,
} from '#contract';

/** What a user may write under `success`; every member may be left out. */
export interface SuccessRule {
  /** Statuses that are success: numbers and ranges such as `200-299`, the default. */
  readonly status?: readonly (number | string)[];
  readonly bodyMustMatch?: string;
  readonly bodyMustNotMatch?: string;
  /** A member of a JSON answer that must have one of these texts, e.g. `{ path: 'code', oneOf: ['0'] }`. */
  readonly json?: { readonly path: string; readonly oneOf: readonly (string | number)[] };
  readonly duplicateWhen?: string;
  readonly permanentWhen?: string;
  /** What success proves. Default: `confirmed` where the body had to match, else `accepted`. */
  readonly proof?: 'accepted' | 'confirmed';
  /** A 2xx answer that is no success: `retry` (default) or `refuse`. */
  readonly otherwise?: 'retry' | 'refuse';
}

/** Ready-made rules, by the partners' own answers; README.md tells how sure each is. */
export const PRESETS = {
  default: {},
  tune: {
    bodyMustMatch: String.raw`(?i)success\s*=\s*true`,
    duplicateWhen: '(?i)duplicate',
    permanentWhen: '(?i)invalid trans',
  },
  cake: { bodyMustMatch: 'SUCCESS' },
  // The tracker repeats the word that the URL told it to (`return=OK`): it proves receipt, not the match.
  keitaro: { bodyMustMatch: String.raw`^\s*OK\s*$`, proof: 'accepted' },
  taboola: { status: [204] },
  rakuten: {
    status: [200],
    bodyMustMatch: String.raw`(?i)<bad>\s*0\s*</bad>`,
    bodyMustNotMatch: '(?i)<error',
  },
  tiktok: { json: { path: 'code', oneOf: ['0', '20001'] } },
} as const satisfies Readonly<Record<string, SuccessRule>>;

export type Preset = keyof typeof PRESETS;
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);

const PATTERNS = ['bodyMustMatch', 'bodyMustNotMatch', 'duplicateWhen', 'permanentWhen'] as const;
const MEMBERS: readonly string[] = [...PATTERNS, 'status', 'json', 'proof', 'otherwise'];

type Range = readonly [from: number, to: number];

function rangeOf(value: unknown): Range | undefined {
  const found = /^([1-5]\d\d)(?:\s*-\s*([1-5]\d\d))?$/.exec(String(value).trim());
  if (!found) return undefined;
  const from = Number(found[1]);
  const to = Number(found[2] ?? found[1]);
  return from <= to ? [from, to] : undefined;
}

function statusFaults(status: unknown): readonly string[] {
  if (status === undefined) return [];
  return Array.isArray(status) && status.length > 0 && status.every((one) => rangeOf(one))
    ? []
    : ['status must be a list such as [200, "204-206"]'];
}

function jsonFaults(json: unknown): readonly string[] {
  if (json === undefined) return [];
  const sound =
    isRecord(json) &&
    typeof json['path'] === 'string' &&
    compilePath(json['path']) !== undefined &&
    Array.isArray(json['oneOf']) &&
    json['oneOf'].every((one) => typeof one === 'string' || typeof one === 'number');
  return sound ? [] : ['json must be such as { path: "code", oneOf: ["0"] }'];
}

function wordFaults(rule: Readonly<Record<string, unknown>>): readonly string[] {
  const wrong = (name: string, words: readonly unknown[]): readonly string[] =>
    rule[name] === undefined || words.includes(rule[name])
      ? []
      : [`${name} must be ${words.join(' or ')}`];
  return [...wrong('proof', ['accepted', 'confirmed']), ...wrong('otherwise', ['retry', 'refuse'])];
}

/** One sentence per fault of a `success` setting. */
export function successFaults(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return PRESET_NAMES.includes(value)
      ? []
      : [`must be a rule or one of ${PRESET_NAMES.join(', ')}`];
  }
  if (!isRecord(value)) return ['must be the name of a preset or a rule'];
  const stray = Object.keys(value).filter((name) => !MEMBERS.includes(name));
  const patterns = PATTERNS.filter(
    (name) =>
      value[name] !== undefined &&
      (typeof value[name] !== 'string' || pattern(value[name]) === undefined),
  );
  return [
    ...stray.map((name) => `has the unknown member ${name}; known: ${MEMBERS.join(', ')}`),
    ...statusFaults(value['status']),
    ...patterns.map(
      (name) => `${name} must be a regular expression of RE2 with at most 200 characters`,
    ),
    ...jsonFaults(value['json']),
    ...wordFaults(value),
  ];
}

/** A rule ready to read answers with. */
export interface Success {
  readonly isDuplicate: (body: string) => boolean;
  readonly isPermanent: (body: string) => boolean;
  readonly isMet: (response: HttpResponse) => boolean;
  readonly proof: 'accepted' | 'confirmed';
  readonly otherwise: 'retry' | 'refuse';
}

const compiled = (source: string | undefined): Pattern | undefined =>
  source === undefined ? undefined : pattern(source);

function jsonHolds(json: NonNullable<SuccessRule['json']>, body: string): boolean {
  const parsed = parseJson(Buffer.from(body));
  const found = parsed.ok ? textAt(parsed.value, json.path) : undefined;
  return found !== undefined && json.oneOf.some((one) => String(one) === found);
}

function compile(rule: SuccessRule): Success {
  const ranges = (rule.status ?? ['200-299']).flatMap((one) => {
    const range = rangeOf(one);
    return range ? [range] : [];
  });
  const [must, mustNot, duplicate, permanent] = PATTERNS.map((name) => compiled(rule[name]));
  const { json } = rule;
  const bodyHolds = (body: string): boolean =>
    must?.test(body) !== false && mustNot?.test(body) !== true && (!json || jsonHolds(json, body));
  return {
    isDuplicate: (body) => duplicate?.test(body) === true,
    isPermanent: (body) => permanent?.test(body) === true,
    isMet: ({ status, body }) =>
      ranges.some(([from, to]) => status >= from && status <= to) && bodyHolds(body),
    proof: rule.proof ?? (must || json ? 'confirmed' : 'accepted'),
    otherwise: rule.otherwise ?? 'retry',
  };
}

const presets = new Map<string, Success>(
  Object.entries(PRESETS).map(([name, rule]) => [name, compile(rule)]),
);
const rules = new WeakMap<SuccessRule, Success>();
const byDefault = compile({});

/** The rule of a `success` setting, compiled once. */
export function successOf(setting: Preset | SuccessRule | undefined): Success {
  if (setting === undefined) return byDefault;
  if (typeof setting === 'string') return presets.get(setting) ?? byDefault;
  const known = rules.get(setting) ?? compile(setting);
  rules.set(setting, known);
  return known;
}
