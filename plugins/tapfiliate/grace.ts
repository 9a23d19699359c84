import type { CanonicalEvent, HttpResponse, Sent } from '#contract';
import { messageOf } from './answer.js';

const GRACE_MS = 10 * 60_000;
/** Clocks differ a little; a time further ahead is wrong, and would never come to an end. */
const AHEAD_MS = 60_000;
const YOUNG_CLICK_MS = 2 * 60_000;
const LADDER_MS = [15_000, 60_000, 300_000] as const;

/** Tapfiliate does not know the click. An expired one will not come back, so it does not count. */
function blamesClick(response: HttpResponse): boolean {
  const message = messageOf(response);
  return (
    [400, 404, 422].includes(response.status) && /click/i.test(message) && !/expired/i.test(message)
  );
}

/**
 * Milliseconds to wait for a click that the partner may still be writing down, or undefined when waiting is over: only
 * while the event is younger than ten minutes, and neither when it is dated in the future nor when we know that its
 * click was an old one.
 */
export function graceMs(
  response: HttpResponse,
  event: CanonicalEvent,
  sent: Sent,
): number | undefined {
  if (!blamesClick(response)) return undefined;
  const at = Date.parse(event.occurredAt);
  const age = sent.history.now - at;
  if (!(age >= -AHEAD_MS && age < GRACE_MS)) return undefined;
  const click = sent.history.entries.findLast(
    (entry) =>
      entry.event.type === 'CLICK' && entry.event.attribution.clickId === event.attribution.clickId,
  );
  if (click && at - Date.parse(click.event.occurredAt) >= YOUNG_CLICK_MS) return undefined;
  return LADDER_MS[Math.min(Math.max(sent.attempt, 1), LADDER_MS.length) - 1];
}
