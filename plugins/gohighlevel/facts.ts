import {
  compact,
  factDraft,
  factMoney,
  fromEpochMs,
  fromIso,
  identifier,
  isIgnored,
  isRecord,
  listAt,
  namedAttribution,
  NOT_LOOKED_UP,
  notUnderstood,
  recordName,
  pick,
  stageType,
  text,
  textAt,
  type EventDraft,
  type EventType,
  type Money,
  type NativeEvent,
  type Normalized,
  type StageMap,
} from '#contract';
import type { GoHighLevelSettings } from './settings.js';
import type { GoHighLevelPayload, Members } from './verify.js';

export const DEFAULTS: StageMap = {
  ContactCreate: 'LEAD',
  won: 'SALE',
  lost: 'CANCELED',
  abandoned: 'CANCELED',
  'order:completed': 'SALE',
  'order:refunded': 'REFUND',
  InvoicePaid: 'SALE',
  InvoiceVoid: 'CANCELED',
};

export const EVENTS: readonly NativeEvent[] = [
  { native: 'ContactCreate', becomes: 'LEAD' },
  {
    native: 'opportunity:won',
    becomes: 'SALE',
    note: 'OpportunityStatusUpdate, OpportunityCreate, workflow',
  },
  {
    native: 'opportunity:lost',
    becomes: 'CANCELED',
    note: 'takes back a sale where there was one',
  },
  { native: 'opportunity:abandoned', becomes: 'CANCELED', note: 'the same' },
  { native: 'order:completed', becomes: 'SALE', note: 'liveMode false: a test' },
  { native: 'order:refunded', becomes: 'REFUND', note: 'the word is from memory' },
  { native: 'InvoicePaid', becomes: 'SALE' },
  { native: 'InvoiceVoid', becomes: 'CANCELED' },
  {
    native: 'OpportunityUpdate',
    becomes: 'ignored',
    note: 'any edit; status and stage have words of their own',
  },
  { native: '*', becomes: 'ignored', note: 'unless the setting stages maps it' },
];

interface Subject {
  readonly object: string;
  readonly id: string | undefined;
  readonly names: readonly (string | undefined)[];
  readonly native: string;
  readonly amount?: unknown;
  readonly currency?: unknown;
}

/** An open opportunity is where its stage is; the other statuses say more. */
function opportunity(message: Members, word: string): Subject {
  const status = textAt(message, 'status') ?? 'open';
  const stage = textAt(message, 'pipelineStageId');
  const here = status === 'open' ? stage : status;
  return {
    object: 'opportunity',
    id: identifier(message['id']),
    names: word === 'OpportunityDelete' ? [word] : [here, word],
    native: here === undefined ? word : `opportunity:${here}`,
    amount: message['monetaryValue'],
  };
}

function order(message: Members): Subject {
  const status = textAt(message, 'status');
  return {
    object: 'order',
    id: identifier(message['_id']),
    names: [`order:${status}`],
    native: `order:${status}`,
    amount: message['amount'],
    currency: message['currency'],
  };
}

const invoice = (message: Members, word: string): Subject => ({
  object: 'invoice',
  id: identifier(message['_id']),
  names: [word],
  native: word,
  amount: message['amountPaid'],
  currency: message['currency'],
});

/** What the message is about; `OpportunityUpdate` and others that tell no change are nobody. */
function subjectOf(message: Members, word: string): Subject | undefined {
  if (/^Opportunity(?:Create|StatusUpdate|StageUpdate|Delete)$/.test(word))
    return opportunity(message, word);
  if (/^Order(?:Create|StatusUpdate)$/.test(word)) return order(message);
  if (word.startsWith('Invoice')) return invoice(message, word);
  const plain = { names: [word], native: word };
  if (word.startsWith('Appointment')) {
    return { ...plain, object: 'appointment', id: identifier(textAt(message, 'appointment.id')) };
  }
  return word.startsWith('Contact')
    ? { ...plain, object: 'contact', id: identifier(message['id']) }
    : undefined;
}

/** Custom fields of a contact come as a list of `{id, value}`. */
export const fieldOf = (message: unknown, name: string): unknown =>
  listAt(message, 'customFields')
    .filter(isRecord)
    .find((field) => field['id'] === name)?.['value'] ?? pick(message, `["${name}"]`);

function hintsOf(message: Members, subject: Subject, settings: GoHighLevelSettings) {
  const id = identifier(
    subject.object === 'contact'
      ? subject.id
      : (message['contactId'] ??
          pick(message, 'appointment.contactId') ??
          pick(message, 'contactDetails.id')),
  );
  const email = ['email', 'contactSnapshot.email', 'contactDetails.email']
    .map((path) => textAt(message, path))
    .find((found) => found !== undefined);
  const customer = compact({ id, email });
  const attribution = namedAttribution((name) => fieldOf(message, name), settings);
  return compact({
    customer: Object.keys(customer).length > 0 ? customer : undefined,
    attribution,
    flags:
      id !== undefined && (email === undefined || attribution === undefined)
        ? [NOT_LOOKED_UP]
        : undefined,
  });
}

const moment = (message: Members): string | null =>
  fromIso(textAt(message, 'timestamp')) ??
  fromEpochMs(text(message['timestamp'])) ??
  fromIso(textAt(message, 'updatedAt')) ??
  null;

/** An opportunity that is open, in a stage without a meaning: where it was won before, it is no longer. */
function opened(
  message: Members,
  id: string,
  { object, names, native }: Subject,
  { stages }: GoHighLevelSettings,
): Normalized {
  const open = object === 'opportunity' && textAt(message, 'status') === 'open';
  if (!open || isIgnored(names, stages)) return [];
  return [
    {
      seen: { id: recordName({ object, id }), state: 'open' },
      nativeType: native.slice(0, 200),
      occurredAt: moment(message),
    },
  ];
}

function app(message: Members, settings: GoHighLevelSettings): Normalized {
  const word = textAt(message, 'type');
  if (word === undefined) return notUnderstood('an app webhook without a type');
  const subject = subjectOf(message, word);
  const type = subject && stageType(subject.names, settings.stages, DEFAULTS);
  if (!subject?.id) return [];
  if (type === undefined) return opened(message, subject.id, subject, settings);
  const revenue = factMoney(type, subject.amount, subject.currency ?? settings.currency);
  if (revenue === 'unreadable')
    return notUnderstood('an amount that is unreadable or has no currency');
  return [
    factDraft({
      object: subject.object,
      id: subject.id,
      type,
      nativeType: subject.native.slice(0, 200),
      test: message['liveMode'] === false,
      occurredAt: moment(message),
      ...compact({ change: textAt(message, 'webhookId'), revenue }),
      ...hintsOf(message, subject, settings),
    }),
  ];
}

/** Custom data of a workflow action lies beside or under `customData`. */
const dataAt = (message: Members, name: string): string | undefined =>
  textAt(message, `customData["${name}"]`) ?? textAt(message, `["${name}"]`);

/** A workflow action: standard contact data and the pairs that the user added (README). */
function workflow(message: Members, settings: GoHighLevelSettings): Normalized {
  const status = dataAt(message, 'status');
  const id = identifier(
    dataAt(message, 'opportunity_id') ?? dataAt(message, 'id') ?? dataAt(message, 'contact_id'),
  );
  if (status === undefined || id === undefined) {
    return notUnderstood('a workflow action without status or id in its custom data');
  }
  const type = stageType([status], settings.stages, DEFAULTS);
  if (type === undefined) return [];
  const amount =
    dataAt(message, 'amount') ?? textAt(message, 'opportunity.lead_value') ?? message['lead_value'];
  const revenue = factMoney(type, amount, dataAt(message, 'currency') ?? settings.currency);
  if (revenue === 'unreadable')
    return notUnderstood('an amount that is unreadable or has no currency');
  const object =
    dataAt(message, 'opportunity_id') === undefined && dataAt(message, 'id') === undefined
      ? 'contact'
      : 'opportunity';
  return [workflowDraft(message, { object, id, type, revenue, status }, settings)];
}

interface Told {
  readonly object: string;
  readonly id: string;
  readonly type: EventType;
  readonly revenue: Money | undefined;
  readonly status: string;
}

function workflowDraft(message: Members, told: Told, settings: GoHighLevelSettings): EventDraft {
  const customer = compact({
    id: identifier(textAt(message, 'contact_id')),
    email: textAt(message, 'email'),
  });
  return factDraft({
    object: told.object,
    id: told.id,
    type: told.type,
    nativeType: `${told.object}:${told.status}`.slice(0, 200),
    test: dataAt(message, 'test') === 'true',
    occurredAt: null,
    ...compact({
      change: identifier(dataAt(message, 'event_id')),
      revenue: told.revenue,
      attribution: namedAttribution((name) => dataAt(message, name), settings),
      customer: Object.keys(customer).length > 0 ? customer : undefined,
    }),
  });
}

export const normalize = (
  { from, message }: GoHighLevelPayload,
  settings: GoHighLevelSettings,
): Normalized => (from === 'app' ? app(message, settings) : workflow(message, settings));
