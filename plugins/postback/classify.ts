import {
  byStatus,
  delivered,
  refused,
  retry,
  retryAfterMs,
  type HttpResponse,
  type Outcome,
  type Sent,
} from '#contract';
import type { PostbackSettings } from './settings.js';
import { successOf } from './success.js';

/**
 * Reads an answer: the user's words for duplicate and permanent first, then success, then the status. A 2xx that is no
 * success is asked again, because most partners say "not yet" that way; `otherwise: refuse` ends it instead.
 * Notes hold no piece of the answer: it may repeat our secrets.
 */
export function classify(response: HttpResponse, settings: PostbackSettings, sent: Sent): Outcome {
  const success = successOf(settings.success);
  const { status, body } = response;
  if (success.isDuplicate(body)) {
    const note = `HTTP ${status}: the answer fits duplicateWhen`;
    return { kind: 'duplicate', ours: sent.mayHaveArrived, note };
  }
  if (success.isPermanent(body)) return refused(`HTTP ${status}: the answer fits permanentWhen`);
  if (success.isMet(response)) return delivered(success.proof);
  if (status < 200 || status > 299) return byStatus(response);
  const why = `HTTP ${status}, but not what the success rule asks for`;
  return success.otherwise === 'refuse' ? refused(why) : retry(retryAfterMs(response), why);
}
