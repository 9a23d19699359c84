import type { Wanted } from './arguments.js';

const reading = ({ body }: Wanted): string => `import {
  compact,
  fromIso,
  identifier,
  money,
  notUnderstood,
${body === 'json' ? '' : '  text,\n'}${body === 'json' ? '  textAt,\n' : ''}  type EventDraft,
  type EventType,
  type Normalized,
  type Verified,
} from '#contract';
import { EVENTS, FIELDS } from './fields.js';
import type { Payload } from './verify.js';

/** The value of a field as trimmed text; undefined when absent or blank. */
const read = (payload: Payload, field: keyof typeof FIELDS): string | undefined =>
  ${body === 'json' ? 'textAt(payload, FIELDS[field])' : 'text(payload[FIELDS[field]])'};

/** One notification is one event. Anything that we cannot read whole is parked, never guessed. */
export function normalize(payload: Verified<Payload>): Normalized {
  const word = read(payload, 'event');
  const row = EVENTS.find(({ native }) => native === word);
  if (!row) return notUnderstood('unknown event word');
  if (row.becomes === 'ignored' || row.becomes === 'link') return [];
  const transaction = identifier(read(payload, 'transaction'));
  const order = identifier(read(payload, 'order'));
  if (!transaction || !order) return notUnderstood('no transaction or order id');
  const revenue = money(read(payload, 'amount'), read(payload, 'currency'));
  if (!revenue && read(payload, 'amount')) return notUnderstood('unreadable amount or currency');
  const test = row.becomes === 'test';
  const type: EventType = row.becomes === 'test' ? 'SALE' : row.becomes;
  const facts = { type, test, nativeType: row.native, transaction, order, revenue };
  return [draftOf(payload, facts)];
}
`;

const FACTS = `interface Facts extends Pick<EventDraft, 'type' | 'test' | 'nativeType'> {
  readonly transaction: string;
  readonly order: string;
  readonly revenue: EventDraft['revenue'] | undefined;
}

function draftOf(payload: Payload, facts: Facts): EventDraft {
  const { type, test, nativeType, transaction, order, revenue } = facts;
  return compact({
    // The word belongs to the key: networks reuse a sale's ids for its refund.
    key: \`\${transaction}:\${nativeType}\`,
    type,
    nativeType,
    test,
    occurredAt: fromIso(read(payload, 'occurredAt')) ?? null,
    order: { id: order },
    attribution: compact({
      clickId: identifier(read(payload, 'clickId')),
      affiliateId: identifier(read(payload, 'affiliateId')),
    }),
    customer: compact({ email: read(payload, 'email') }),
    revenue,
  });
}
`;

/** `normalize.ts`: the one place where the network's words become events. */
export const sourceNormalize = (wanted: Wanted): string => `${reading(wanted)}
${FACTS}`;
