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
import { graceMs } from './grace.js';
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

/** `adv_sub` is listed under another name (developers.tune.com, Conversion model). */
const LISTED_AS: Readonly<Record<string, string>> = { adv_sub: 'advertiser_info' };

const nameIn = ({ fields }: Row, field: string): string | undefined =>
  textAt(fields, field) ?? textAt(fields, LISTED_AS[field] ?? field);

/** The conversions that carry our name. One that shows no name may be that of another order of the click. */
const mine = (rows: readonly Row[], name: Step['name']): readonly Row[] =>
  rows.filter((row) => name && nameIn(row, name.field) === name.value);

/** Which conversion of the click is meant. Without one clear answer a person must decide. */
export function readFind(
  response: HttpResponse,
  settings: TuneSettings,
  step: Step,
  sent: Sent,
): Outcome {
  const result = read(response, settings, sent);
  if ('outcome' in result) return result.outcome;
  const { field = '', value = '' } = step.name ?? {};
  const rows = mine(rowsOf(result.data), step.name);
  const [row] = rows;
  if (row && rows.length === 1) {
    const remoteIds = { ...step.keep, tuneEventId: row.id, lookedUp: value };
    return delivered('read-back', { remoteIds });
  }
  if (row) {
    return refused(
      `${rows.length} conversions of the click have ${field} ${value}: change by hand`,
    );
  }
  const none = `no conversion of the click has ${field} ${value}`;
  const wait = step.since === undefined ? undefined : graceMs(step.since, sent);
  return wait === undefined ? refused(`${none}: change by hand`) : retry(wait, `${none} yet`);
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
  const rows = mine(rowsOf(result.data), step.name);
  const row = rows.length === 1 ? rows[0] : undefined;
  const status = textAt(row?.fields, 'status');
  return delivered(row ? 'read-back' : 'confirmed', {
    attributed: 'yes',
    remoteIds: { ...step.keep, ...(row ? { tuneEventId: row.id } : {}) },
    note: row ? `status ${status ?? 'unknown'}` : 'recorded, but not clearly listed under our name',
  });
}
