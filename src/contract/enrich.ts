import type { EventDraft, NormalizeContext } from './draft.js';
import type { HttpRequest, HttpResponse } from './http.js';
import { parseJson } from './json.js';

/** Where a look-up stands. */
export interface EnrichContext<S> extends NormalizeContext<S> {
  /** Look-ups made for this draft so far. */
  readonly step: number;
}

/**
 * Look-ups for drafts of networks that send ids only. They come after the acknowledgement: while `wants`, the next request
 * is built and its answer laid over the draft, which the following step sees. Failures, 401, 403, 408, 425, 429 and 5xx
 * are the core's to try again, for 72 hours; at most 8 look-ups per draft.
 */
export interface Enrichment<C extends object, S extends object> {
  /** Requests per second of one account, over all replicas; default 5. */
  readonly ratePerSecond?: number;
  /** Also asked before the acknowledgement (step 0): false for drafts that are whole, and without a token to look up with. */
  wants(draft: EventDraft, credentials: C, step: number): boolean;
  build(draft: EventDraft, credentials: C, context: EnrichContext<S>): HttpRequest;
  /**
   * Called for 2xx and for answers that no waiting mends (404, 400 …); what it cannot read leaves the draft as it is.
   * `undefined`: it is no event after all. Key, test and record stay as they were.
   */
  apply(
    draft: EventDraft,
    response: HttpResponse,
    context: EnrichContext<S>,
  ): EventDraft | undefined;
}

/** A page of 250 orders holds 100,000 names; the core limits the bytes of an answer, so the names are limited by it. */
const MOST_NAMES = 1_000_000;

/** The parsed JSON of a 2xx answer; undefined for anything else. */
export function answerJson(response: HttpResponse): unknown {
  if (response.status < 200 || response.status > 299) return undefined;
  const parsed = parseJson(Buffer.from(response.body, 'utf8'), MOST_NAMES);
  return parsed.ok ? parsed.value : undefined;
}

/** Flag of a draft whose record has not been looked up: money, click id or customer may be missing. */
export const NOT_LOOKED_UP = 'not-looked-up';

/** The draft without that flag, with another finding where there is one. */
export function lookedUp(draft: EventDraft, finding?: string): EventDraft {
  const { flags = [], ...rest } = draft;
  const left = [...flags.filter((flag) => flag !== NOT_LOOKED_UP), ...(finding ? [finding] : [])];
  return left.length > 0 ? { ...rest, flags: left } : rest;
}
