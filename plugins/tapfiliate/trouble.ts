import { misconfigured, retry, retryAfterMs, type HttpResponse, type Outcome } from '#contract';
import { isHtml, messageOf } from './answer.js';

const MINUTE_MS = 60_000;
const SIX_HOURS_MS = 6 * 60 * MINUTE_MS;

/**
 * How long to wait after a 429: until `X-Ratelimit-Reset` (unix seconds) by the server clock, else as `Retry-After`
 * says, else a minute. Tapfiliate documents the headers but no numbers. `now`: epoch ms; undefined where no clock is
 * at hand, then the answer's own `Date` serves.
 */
export function limitedForMs(response: HttpResponse, now: number | undefined): number {
  const clock = now ?? Date.parse(response.headers['date'] ?? '');
  const reset = Number(response.headers['x-ratelimit-reset'] ?? Number.NaN) * 1000 - clock;
  if (reset > 0 && reset <= SIX_HOURS_MS) return Math.max(1000, reset);
  return retryAfterMs(response) ?? MINUTE_MS;
}

const said = (response: HttpResponse): string => {
  const message = messageOf(response);
  return `HTTP ${response.status}${message === '' ? '' : `: ${message}`}`;
};

/** One line for a person: the status and Tapfiliate's own words. */
export const complaint = said;

/**
 * Troubles that mean the same for every call; undefined for a 2xx and for refusals that the call must judge itself.
 * A wrong key answers 401 with JSON, a missing one with an HTML page.
 */
export function trouble(response: HttpResponse, now: number | undefined): Outcome | undefined {
  const { status } = response;
  if (status === 401) return misconfigured(`operator: Tapfiliate API key (${said(response)})`);
  if (status === 403)
    return misconfigured(`operator: Tapfiliate plan or rights (${said(response)})`);
  if (status === 410)
    return misconfigured(`operator: Tapfiliate address is gone (${said(response)})`);
  if (status === 429) return retry(limitedForMs(response, now), said(response));
  if (status === 408 || status === 425 || status >= 500) {
    return retry(retryAfterMs(response), said(response));
  }
  if (status >= 300 && status < 400) {
    return retry(undefined, `HTTP ${status}: redirects are not followed; check baseUrl`);
  }
  return undefined;
}

/** An HTML "page not found" on a path that takes new things: the base address is wrong, and every event would fail. */
export const wrongAddress = (response: HttpResponse): Outcome | undefined =>
  response.status === 404 && isHtml(response)
    ? misconfigured('operator: baseUrl (HTTP 404 with an HTML page)')
    : undefined;

export const isSuccess = (response: HttpResponse): boolean =>
  response.status >= 200 && response.status < 300;
