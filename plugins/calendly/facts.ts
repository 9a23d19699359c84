import {
  compact,
  factDraft,
  factMoney,
  fromIso,
  identifier,
  isRecord,
  listAt,
  namedAttribution,
  notUnderstood,
  pick,
  stageType,
  text,
  textAt,
  textsAt,
  withoutRecord,
  type AttributionHint,
  type EventType,
  type NativeEvent,
  type Normalized,
  type StageMap,
} from '#contract';
import type { CalendlySettings } from './settings.js';

export const DEFAULTS: StageMap = {
  'invitee.created': 'LEAD',
  'invitee.canceled': 'CANCELED',
  'invitee_no_show.created': 'CANCELED',
  'routing_form_submission.created': 'LEAD',
};

export const EVENTS: readonly NativeEvent[] = [
  { native: 'invitee.created', becomes: 'LEAD', note: 'a link when it follows a reschedule' },
  { native: 'invitee.canceled', becomes: 'CANCELED', note: 'nothing when it was rescheduled' },
  { native: 'invitee_no_show.created', becomes: 'CANCELED' },
  { native: 'invitee_no_show.deleted', becomes: 'ignored' },
  { native: 'routing_form_submission.created', becomes: 'LEAD' },
  { native: '*', becomes: 'ignored' },
];

/** The last part of an API address names the object. */
const idOf = (uri: string | undefined): string | undefined =>
  identifier(uri?.split('/').findLast((part) => part !== ''));

/** A no-show names its invitee beside its own address. */
const inviteeOf = (payload: unknown): string | undefined => {
  const own = textAt(payload, 'payload.uri');
  return idOf(
    own?.includes('/invitees/') === true ? own : (textAt(payload, 'payload.invitee') ?? own),
  );
};

/** Tracking values by name, and answers by the text of their question. */
function readerOf(payload: unknown): (name: string) => unknown {
  const tracking = textsAt(payload, 'payload.tracking');
  const answers = listAt(payload, 'payload.questions_and_answers').filter(isRecord);
  return (name) =>
    Object.hasOwn(tracking, name)
      ? tracking[name]
      : answers.find(({ question }) => text(question) === name.trim())?.['answer'];
}

function attributionOf(payload: unknown, settings: CalendlySettings): AttributionHint | undefined {
  const utm = Object.fromEntries(
    Object.entries(textsAt(payload, 'payload.tracking')).flatMap(([name, value]) => {
      const id = identifier(value);
      return name.startsWith('utm_') && id !== undefined ? [[name.slice(4), id] as const] : [];
    }),
  );
  const named = namedAttribution(readerOf(payload), {
    clickIdFrom: settings.clickIdFrom ?? ['utm_content'],
    affiliateIdFrom: settings.affiliateIdFrom ?? [],
  });
  const hint = { ...named, ...(Object.keys(utm).length > 0 ? { utm } : {}) };
  return Object.keys(hint).length > 0 ? hint : undefined;
}

/** The payment of a booking that the user maps to money; `failed` when it did not go through. */
function moneyOf(type: EventType, payload: unknown) {
  const payment = pick(payload, 'payload.payment');
  if (!isRecord(payment)) return undefined;
  const revenue = factMoney(type, payment['amount'], payment['currency']);
  return revenue !== undefined && payment['successful'] !== true ? 'failed' : revenue;
}

/**
 * A reschedule is told as a cancellation and a new booking: the first is nothing, the second ties the new invitee to the
 * old one's order.
 */
function rescheduled(payload: unknown, word: string): Normalized | undefined {
  const old = idOf(textAt(payload, 'payload.old_invitee'));
  if (word === 'invitee.canceled' && pick(payload, 'payload.rescheduled') === true) return [];
  if (word !== 'invitee.created' || old === undefined) return undefined;
  const now = inviteeOf(payload);
  return now === undefined || now === old ? [] : [{ link: [`invitee:${old}`, `invitee:${now}`] }];
}

const isForm = (word: string): boolean => word.startsWith('routing_form_submission');

function typeOf(payload: unknown, word: string, settings: CalendlySettings) {
  const kind = textAt(payload, 'payload.scheduled_event.event_type');
  const names = [kind === undefined ? undefined : `${word}:${kind}`, word];
  return stageType(names, settings.stages, DEFAULTS);
}

/** One booking, cancellation, no-show or routing form. */
export function normalize(payload: unknown, settings: CalendlySettings): Normalized {
  const word = textAt(payload, 'event') ?? '';
  const id = isForm(word) ? idOf(textAt(payload, 'payload.uri')) : inviteeOf(payload);
  if (id === undefined) return notUnderstood('no address of the booking or form');
  const moved = rescheduled(payload, word);
  if (moved) return moved;
  const type = typeOf(payload, word, settings);
  const revenue = type && moneyOf(type, payload);
  if (type === undefined || revenue === 'failed') return [];
  if (revenue === 'unreadable') {
    return notUnderstood('a payment whose amount or currency is unreadable');
  }
  const email = textAt(payload, 'payload.email');
  return [
    withoutRecord(
      factDraft({
        object: isForm(word) ? 'routing-form' : 'invitee',
        id,
        type,
        nativeType: word.slice(0, 200),
        test: false,
        occurredAt: fromIso(textAt(payload, 'created_at')) ?? null,
        ...compact({
          revenue,
          attribution: attributionOf(payload, settings),
          customer: email === undefined ? undefined : { email },
        }),
      }),
    ),
  ];
}
