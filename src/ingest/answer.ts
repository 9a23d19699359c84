import { REJECTIONS, type RejectionReason } from '../contract/index.js';

/** What the door says. The outside learns a code and one word, never how close it came. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

function refusal(
  status: number,
  code: string,
  reason: string,
  headers: Record<string, string> = {},
): Answer {
  return { status, headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify({ code, reason }) };
}

/** Every refusal of the door (architecture §3, "Answers at the door"). */
export const refusals = {
  unknown: (): Answer => refusal(404, 'WB_IN_UNKNOWN', 'unknown'),
  method: (allowed: readonly string[]): Answer =>
    refusal(405, 'WB_IN_METHOD', 'method', { allow: allowed.join(', ') }),
  tooLarge: (): Answer => refusal(413, 'WB_IN_TOO_LARGE', 'too-large'),
  media: (): Answer => refusal(415, 'WB_IN_MEDIA', 'media-type'),
  encoding: (): Answer =>
    refusal(415, 'WB_IN_MEDIA', 'content-encoding', { 'accept-encoding': 'identity' }),
  flood: (): Answer => refusal(429, 'WB_IN_FLOOD', 'too-many-failures', { 'retry-after': '30' }),
  malformed: (): Answer => refusal(400, 'WB_IN_REFUSED', 'malformed'),
  busy: (code: string): Answer => refusal(503, code, 'try-again', { 'retry-after': '5' }),
  rejected: (reason: RejectionReason): Answer =>
    refusal(REJECTIONS[reason], 'WB_IN_REFUSED', reason),
};

/** The default success answer, for networks that only look at the status. */
export const accepted = (receipt: string, result: string): Answer => ({
  status: 200,
  headers: JSON_TYPE,
  body: JSON.stringify({ ok: true, result, duplicate: result === 'repeat', receipt }),
});
