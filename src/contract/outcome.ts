import type { HttpResponse } from './http.js';

/** How far the partner's answer proves that it has the event. */
export type Proof = 'confirmed' | 'accepted' | 'read-back';

/** Names that the partner gave to what we told it; needed for later reversals. */
export type RemoteIds = Readonly<Record<string, string | readonly string[]>>;

/** Reasons of `skipped`, the only list. */
export type SkipReason =
  'no-attribution' | 'consent' | 'unmapped' | 'test' | 'parent-not-delivered';

/** What one attempt came to; the only list (architecture §3). */
export type Outcome =
  | {
      readonly kind: 'delivered';
      readonly proof: Proof;
      readonly attributed: 'yes' | 'no' | 'unknown';
      readonly remoteIds?: RemoteIds;
      readonly note?: string;
    }
  | {
      readonly kind: 'duplicate';
      readonly ours: boolean;
      readonly remoteIds?: RemoteIds;
      readonly note?: string;
    }
  /** `afterMs`: not before that many milliseconds; clamped to 1 s … 6 h. */
  | { readonly kind: 'retry'; readonly afterMs?: number; readonly note?: string }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Pauses the target; its events wait. `who` must act: e.g. `operator: API key`, `partner: IP allow-list`. */
  | { readonly kind: 'misconfigured'; readonly who: string }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };

export const delivered = (
  proof: Proof,
  more: { attributed?: 'yes' | 'no' | 'unknown'; remoteIds?: RemoteIds; note?: string } = {},
): Outcome => ({ kind: 'delivered', proof, attributed: 'unknown', ...more });

export const retry = (afterMs?: number, note?: string): Outcome => ({
  kind: 'retry',
  ...(afterMs === undefined ? {} : { afterMs }),
  ...(note === undefined ? {} : { note }),
});

export const refused = (reason: string): Outcome => ({ kind: 'refused', reason });
export const misconfigured = (who: string): Outcome => ({ kind: 'misconfigured', who });

/**
 * A `Retry-After` header (RFC 9110 §10.2.3) in milliseconds: seconds, or an HTTP date read against the answer's
 * own `Date` header, since a plugin has no clock. `undefined` when absent or unreadable.
 */
export function retryAfterMs(response: HttpResponse): number | undefined {
  const value = response.headers['retry-after']?.trim();
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // Every form of an HTTP date begins with the name of a day; Date.parse alone would read `-5` as a month.
  const then = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN;
  const now = Date.parse(response.headers['date'] ?? '');
  return Number.isNaN(then) || Number.isNaN(now) ? undefined : Math.max(0, then - now);
}

const TRANSIENT = new Set([408, 425, 429]);

/**
 * The default reading of an answer, by status alone: 2xx delivered (accepted), 401/403/410 misconfigured,
 * 408/425/429/5xx and 3xx retried, 404 and other 4xx refused. Redirects are never followed.
 */
export function byStatus(response: HttpResponse): Outcome {
  const { status } = response;
  if (status >= 200 && status < 300) return delivered('accepted');
  if (status === 401 || status === 403 || status === 410) return misconfigured(`HTTP ${status}`);
  if (TRANSIENT.has(status) || status >= 500) {
    return retry(retryAfterMs(response), `HTTP ${status}`);
  }
  if (status >= 300 && status < 400)
    return retry(undefined, `HTTP ${status}: redirects are not followed`);
  return refused(`HTTP ${status}`);
}
