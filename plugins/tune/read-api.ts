import {
  byStatus,
  delivered,
  misconfigured,
  refused,
  retry,
  textAt,
  type HttpResponse,
  type Outcome,
  type Sent,
} from '#contract';
import { withoutSecrets } from './address.js';
import { readEnvelope, rowsOf, type Row } from './envelope.js';
import { unreadable } from './read-postback.js';
import type { TuneSettings } from './settings.js';
import type { Step } from './step.js';

/** 50 calls in 10 seconds for each account; the refusal comes with HTTP 200. */
const RATE_LIMIT = /rate\s*limit/i;
const RATE_WAIT_MS = 10_000;
const NO_RIGHT = /not\s+authenticated|not\s+permitted|not\s+authorized|permission/i;

function readError(message: string, settings: TuneSettings): Outcome {
  const said = withoutSecrets(message, settings);
  if (RATE_LIMIT.test(message)) return retry(RATE_WAIT_MS, said);
  if (NO_RIGHT.test(message)) return misconfigured(`operator: TUNE network token (${said})`);
  return refused(said);
}

/** The data of a good answer, or the outcome of a bad one. */
type Read = { readonly data: unknown } | { readonly outcome: Outcome };

function read(response: HttpResponse, settings: TuneSettings, sent: Sent): Read {
  const { status } = response;
  const envelope = readEnvelope(response);
  if (envelope.kind === 'error') return { outcome: readError(envelope.message, settings) };
  if (status < 200 || status >= 300) return { outcome: byStatus(response) };
  return envelope.kind === 'done'
    ? { data: envelope.data }
    : { outcome: unreadable(response, sent) };
}

/** The answer to a status or money change; `false` as data means that it was not made. */
export function readEdit(
  response: HttpResponse,
  settings: TuneSettings,
  step: Step,
  sent: Sent,
): Outcome {
  const result = read(response, settings, sent);
  if ('outcome' in result) return result.outcome;
  if (result.data === false || result.data === 'false') {
    return refused('the network API answered false: nothing was changed');
  }
  return delivered('confirmed', { attributed: 'yes', remoteIds: step.keep });
}

/** The one conversion that carries our name; the only one there is when the list does not show that field. */
function mine(rows: readonly Row[], name: Step['name']): Row | undefined {
  const named = rows.filter(({ fields }) => name && textAt(fields, name.field) === name.value);
  if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  const silent = rows.every(({ fields }) => !name || textAt(fields, name.field) === undefined);
  return rows.length === 1 && silent ? rows[0] : undefined;
}

/** Which of several conversions of one click is meant; without an answer a person must decide. */
export function readFind(
  response: HttpResponse,
  settings: TuneSettings,
  step: Step,
  sent: Sent,
): Outcome {
  const result = read(response, settings, sent);
  if ('outcome' in result) return result.outcome;
  const row = mine(rowsOf(result.data), step.name);
  if (!row) {
    return refused(
      `the click has several conversions and none is clearly ${step.name?.value ?? 'ours'}: change it by hand`,
    );
  }
  const lookedUp = step.name?.value ?? '';
  return delivered('read-back', { remoteIds: { ...step.keep, tuneEventId: row.id, lookedUp } });
}

/** The look at what became of a postback. The conversion is delivered already, so nothing here can undo that. */
export function readBack(
  response: HttpResponse,
  settings: TuneSettings,
  step: Step,
  sent: Sent,
): Outcome {
  const result = read(response, settings, sent);
  if ('outcome' in result) {
    const { outcome } = result;
    if (outcome.kind === 'retry' && sent.attempt <= 3) return outcome;
    return delivered('confirmed', {
      attributed: 'yes',
      remoteIds: step.keep,
      note: 'recorded, but could not be read back',
    });
  }
  const row = mine(rowsOf(result.data), step.name);
  const status = textAt(row?.fields, 'status');
  return delivered(row ? 'read-back' : 'confirmed', {
    attributed: 'yes',
    remoteIds: { ...step.keep, ...(row ? { tuneEventId: row.id } : {}) },
    note: row ? `status ${status ?? 'unknown'}` : 'recorded, but not listed yet',
  });
}
