/** The `key=value;` list that the tracking host answers with. */
export interface Verdict {
  readonly success: boolean;
  /** TUNE's own words; '' when it says nothing. */
  readonly message: string;
  /** Network status code when it is given; the postback usually hides it. */
  readonly code: number | undefined;
}

const UNREADABLE = /^\s*(?:$|<)/;

/**
 * Reads an answer such as `success=false; err_msg=Invalid Trans. ID #1.;`. Undefined when it holds no `success`.
 * Only the first of each name counts: an error text may repeat what we sent, and that may hold anything.
 */
export function readVerdict(body: string): Verdict | undefined {
  if (UNREADABLE.test(body)) return undefined;
  const found = new Map<string, string>();
  for (const part of body.split(';')) {
    const cut = part.indexOf('=');
    if (cut < 0) continue;
    const name = part.slice(0, cut).trim().toLowerCase();
    if (!found.has(name)) found.set(name, part.slice(cut + 1).trim());
  }
  const success = found.get('success')?.toLowerCase();
  if (success === undefined) return undefined;
  const code = found.get('err_code') ?? found.get('code');
  return {
    success: success === 'true',
    message: (found.get('err_msg') ?? '').slice(0, 300),
    code: code !== undefined && /^\d{1,4}$/.test(code) ? Number(code) : undefined,
  };
}

/** What a refusal of the tracking host means. */
export type RefusalClass =
  | 'duplicate'
  | 'unknown-click'
  | 'configuration'
  | 'capped'
  | 'tested'
  | 'pending'
  | 'approved'
  | 'permanent';

const BY_CODE: ReadonlyMap<number, RefusalClass> = new Map<number, RefusalClass>([
  ...[12, 18].map((code) => [code, 'duplicate'] as const),
  ...[14, 15, 19].map((code) => [code, 'configuration'] as const),
  ...[11, 13, 16].map((code) => [code, 'permanent'] as const),
  ...[17, 61, 62, 63, 64, 65, 81, 82, 83].map((code) => [code, 'capped'] as const),
  ...[21, 22, 23].map((code) => [code, 'tested'] as const),
  [31, 'pending'],
  ...[41, 42, 43].map((code) => [code, 'approved'] as const),
]);

/** In this order: the first that fits decides. The texts are those of TUNE's conversion status codes. */
const BY_TEXT: readonly (readonly [RegExp, RefusalClass])[] = [
  [/duplicate/i, 'duplicate'],
  [/invalid\s+trans/i, 'unknown-click'],
  [/white-?\s?list|security\s+token|(?:tracking|wrong|invalid)\s+protocol/i, 'configuration'],
  [/known\s+proxy|no\s+referr?er|pixel\s+loop/i, 'permanent'],
  [/\bcap(?:s|ped)?\b|\bbudget\b|exceeded/i, 'capped'],
  [/\btest(?:ing)?\b|\bdebug\b/i, 'tested'],
  [/approval\s+(?:is\s+)?(?:enabled|required)/i, 'pending'],
];

/** The echo of our own transaction id must not choose the class: it may hold any word. */
const ECHO = /#\S+/g;

export function refusalClass({ code, message }: Verdict): RefusalClass {
  const byCode = code === undefined ? undefined : BY_CODE.get(code);
  if (byCode !== undefined) return byCode;
  const said = message.replace(ECHO, '#');
  return BY_TEXT.find(([words]) => words.test(said))?.[1] ?? 'permanent';
}
