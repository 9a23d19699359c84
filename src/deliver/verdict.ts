import { namesWait, type AttemptResult } from '../settle/transition.js';

/**
 * What one attempt says about the partner, not about the delivery. `asked-to-wait`: it named the time after which it
 * wants to hear again, so the gate closes and the breaker has nothing to judge. `no-contact`: no request was made.
 */
export type Verdict = 'answered' | 'failed' | 'asked-to-wait' | 'no-contact';

/** 3xx are not followed; 408 and 425 are the partner's trouble, and so is a 429 that names no time. */
const failing = (status: number): boolean =>
  status >= 500 || [408, 425, 429].includes(status) || (status >= 300 && status < 400);

/** Refused, skipped and duplicate are answers, too: the partner works. */
export function verdictOf(result: AttemptResult | undefined): Verdict {
  if (result?.request === undefined) return 'no-contact';
  if (result.outcome.kind !== 'retry') return 'answered';
  if (namesWait(result)) return 'asked-to-wait';
  return result.status === undefined || failing(result.status) ? 'failed' : 'answered';
}
