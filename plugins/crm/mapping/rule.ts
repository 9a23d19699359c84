import { EVENT_TYPES, type EventType } from '#contract';
import {
  also,
  listOf,
  mapOf,
  oneOrMore,
  scalarValue,
  shape,
  text,
  word,
  type Check,
  type Checked,
} from '../check.js';
import { field, path, paths, transforms, type Field } from '../field.js';
import { amount } from './amount.js';
import { conditions } from './condition.js';
import { moment } from './moment.js';

/** An ADJUSTMENT must name the event it corrects, which no CRM field does. */
const MAPPED_TYPES = EVENT_TYPES.filter((type) => type !== 'ADJUSTMENT');

const canonical: Check<EventType> = word(MAPPED_TYPES);

const eventType = also(
  shape(
    {},
    {
      path: paths,
      const: canonical,
      transform: transforms,
      table: mapOf(word([...MAPPED_TYPES, 'ignore']), 500),
      else: word(['ignore', 'park']),
    },
  ),
  (spec) => {
    if ((spec.path === undefined) === (spec.const === undefined)) {
      return ['eventType must have either path (with table) or const, e.g. {"const": "SALE"}'];
    }
    return (spec.path === undefined) === (spec.table === undefined)
      ? []
      : [
          'eventType needs path and table together, e.g. {"path": "event", "table": {"deal.won": "SALE"}}',
        ];
  },
);

const order = shape({ id: field }, { parentId: field, line: field, aliases: listOf(field, 10) });

const testMark = shape(
  { path: paths, equals: oneOrMore(scalarValue, 20) },
  { transform: transforms },
);

const flagName = text((value) =>
  /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value) && value.length <= 40
    ? undefined
    : 'must be lower-case words joined by "-", e.g. "vip-customer"',
);

/** A map of UTM names to fields, or the path of a map that holds `utm_source` … or `source` …. */
const utm: Check<string | Readonly<Record<string, Field>>> = (
  value,
  at,
  faults,
): value is string | Readonly<Record<string, Field>> =>
  typeof value === 'string' ? path(value, at, faults) : mapOf(field, 20)(value, at, faults);

/** What one kind of record becomes. */
export const rule = shape(
  { externalId: field, eventType },
  {
    recordsAt: path,
    when: conditions,
    nativeType: field,
    amount,
    payout: amount,
    currency: field,
    occurredAt: moment,
    email: field,
    customerId: field,
    clickId: field,
    affiliateId: field,
    coupon: field,
    campaignId: field,
    offerId: field,
    placement: field,
    subIds: listOf(field, 20),
    utm,
    order,
    test: oneOrMore(testMark, 10),
    dedupe: listOf(field, 10),
    record: shape({ id: field, state: field }, {}),
    flags: listOf(shape({ name: flagName, when: conditions }, {}), 20),
  },
);

export type Rule = Checked<typeof rule>;

/** The setting `mapping`: one rule, or a list of them that all look at the notification. */
export const mapping = oneOrMore(rule, 20);

export type Mapping = Checked<typeof mapping>;
