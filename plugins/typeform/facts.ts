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
import type { TypeformSettings } from './settings.js';

/** Partial responses are no leads unless the user says so. */
export const DEFAULTS: StageMap = { form_response: 'LEAD' };

export const EVENTS: readonly NativeEvent[] = [
  { native: 'form_response', becomes: 'LEAD' },
  {
    native: 'form_response_partial',
    becomes: 'ignored',
    note: 'unless the setting stages maps it',
  },
  { native: '*', becomes: 'ignored' },
];

type Members = Readonly<Record<string, unknown>>;

const answersOf = (response: unknown): readonly Members[] =>
  listAt(response, 'answers').filter(isRecord);

/** The text of an answer, whatever its type. */
function answerText(answer: Members | undefined): string | undefined {
  const type = textAt(answer, 'type') ?? '';
  const value = pick(answer, type);
  return text(value) ?? textAt(value, 'label');
}

/** What Typeform puts into the sample link for every hidden field: whoever shared it unchanged named no click. */
const SAMPLE_VALUE = 'xxxxx';

/** Hidden fields by name, then answers by the ref of their question: titles are edited and translated. */
const readerOf =
  (response: unknown): ((name: string) => unknown) =>
  (name) => {
    const hidden = textsAt(response, 'hidden')[name];
    return hidden !== undefined && hidden !== SAMPLE_VALUE
      ? hidden
      : answerText(answersOf(response).find((answer) => textAt(answer, 'field.ref') === name));
  };

function attributionOf(response: unknown, settings: TypeformSettings): AttributionHint | undefined {
  const utm = Object.fromEntries(
    Object.entries(textsAt(response, 'hidden')).flatMap(([name, value]) => {
      const id = identifier(value);
      return name.startsWith('utm_') && id !== undefined ? [[name.slice(4), id] as const] : [];
    }),
  );
  const named = namedAttribution(readerOf(response), settings);
  const hint = { ...named, ...(Object.keys(utm).length > 0 ? { utm } : {}) };
  return Object.keys(hint).length > 0 ? hint : undefined;
}

const ofType = (response: unknown, type: string): Members | undefined =>
  answersOf(response).find((answer) => answer['type'] === type);

function typeOf(response: unknown, word: string, settings: TypeformSettings) {
  const ending = word === 'form_response' ? textAt(response, 'ending.ref') : undefined;
  const form = textAt(response, 'form_id');
  const names = [
    ending === undefined ? undefined : `ending:${ending}`,
    form === undefined ? undefined : `${word}:${form}`,
    word,
  ];
  return stageType(names, settings.stages, DEFAULTS);
}

/** The payment of a response that the user maps to money; `failed` when it did not go through. */
function moneyOf(type: EventType, response: unknown, currency: string | undefined) {
  const paid = pick(ofType(response, 'payment'), 'payment');
  const revenue = factMoney(type, textAt(paid, 'amount'), currency);
  return revenue !== undefined && pick(paid, 'success') !== true ? 'failed' : revenue;
}

/** One response of one form. */
export function normalize(payload: unknown, settings: TypeformSettings): Normalized {
  const word = textAt(payload, 'event_type') ?? '';
  const response = pick(payload, 'form_response');
  const token = identifier(textAt(response, 'token'));
  if (token === undefined) return notUnderstood('a response without a token');
  const type = typeOf(response, word, settings);
  const revenue = type && moneyOf(type, response, settings.currency);
  if (type === undefined || revenue === 'failed') return [];
  if (revenue === 'unreadable') {
    return notUnderstood('a payment that is unreadable or has no currency: set the currency');
  }
  const email = answerText(ofType(response, 'email')) ?? textAt(response, 'hidden.email');
  return [
    withoutRecord(
      factDraft({
        object: 'response',
        id: token,
        type,
        nativeType: word.slice(0, 200),
        test: false,
        occurredAt: fromIso(textAt(response, 'submitted_at')) ?? null,
        ...compact({
          revenue,
          attribution: attributionOf(response, settings),
          customer: email === undefined ? undefined : { email },
        }),
      }),
    ),
  ];
}
