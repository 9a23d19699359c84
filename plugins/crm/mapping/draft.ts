import {
  compact,
  identifier,
  textsAt,
  type AttributionHint,
  type EventDraft,
  type EventType,
  type OrderHint,
} from '#contract';
import { pathsOf, read, type Field } from '../field.js';
import { valueAt, type Scope } from '../path.js';
import { moneyOf } from './amount.js';
import { holds } from './condition.js';
import { keyOf } from './key.js';
import { momentOf } from './moment.js';
import { given, needed, type Reading } from './reading.js';
import type { Rule } from './rule.js';

/** Settings that fill what a notification does not say. */
export interface Defaults {
  readonly currency: string | undefined;
  readonly zone: string | undefined;
  readonly test: boolean;
}

const MAX_NATIVE = 128;

/** The canonical type of a record; undefined when it is to be ignored or when that is a problem. */
function typeOf(reading: Reading, { eventType: spec }: Rule): EventType | undefined {
  if (spec.const !== undefined) return spec.const;
  const source: Field = {
    path: spec.path ?? [],
    ...(spec.transform ? { transform: spec.transform } : {}),
  };
  const native = given(reading, source);
  const type =
    native !== undefined && spec.table && Object.hasOwn(spec.table, native)
      ? spec.table[native]
      : undefined;
  if (type !== undefined) return type === 'ignore' ? undefined : type;
  if (spec.else === 'ignore') return undefined;
  const what = native === undefined ? 'found nothing' : 'has a word that is not in the table';
  return reading.problem(`eventType: ${pathsOf(source)} ${what}, and else is not "ignore"`);
}

const nativeOf = (reading: Reading, rule: Rule, type: EventType): string =>
  (
    given(reading, rule.nativeType) ??
    (rule.eventType.path === undefined
      ? undefined
      : given(reading, { path: rule.eventType.path })) ??
    type
  ).slice(0, MAX_NATIVE);

const idOf = (scope: Scope, spec: Field | undefined): string | undefined =>
  identifier(read(scope, spec));

/** Names with their `utm_` prefix dropped; empty: undefined. */
function utmOf(scope: Scope, spec: Rule['utm']): Readonly<Record<string, string>> | undefined {
  if (spec === undefined) return undefined;
  const found: readonly (readonly [string, string | undefined])[] =
    typeof spec === 'string'
      ? Object.entries(textsAt({ at: valueAt(scope, spec) }, 'at'))
      : Object.entries(spec).map(([name, one]) => [name, read(scope, one)] as const);
  const named = found.flatMap(([name, value]) => {
    const plain = name.replace(/^utm_/, '');
    const known =
      typeof spec !== 'string' || /^(?:source|medium|campaign|content|term|id)$/.test(plain);
    const kept = identifier(value);
    return known && kept !== undefined ? [[plain, kept] as const] : [];
  });
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

function attributionOf(scope: Scope, rule: Rule): AttributionHint | undefined {
  const subIds = rule.subIds?.flatMap((one) => idOf(scope, one) ?? []) ?? [];
  const hint = compact({
    clickId: idOf(scope, rule.clickId),
    affiliateId: idOf(scope, rule.affiliateId),
    coupon: idOf(scope, rule.coupon),
    campaignId: idOf(scope, rule.campaignId),
    offerId: idOf(scope, rule.offerId),
    placement: idOf(scope, rule.placement),
    utm: utmOf(scope, rule.utm),
    subIds: subIds.length > 0 ? subIds : undefined,
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}

function orderOf(reading: Reading, rule: Rule, externalId: string): OrderHint {
  const { order } = rule;
  if (!order) return { id: externalId };
  const aliases = order.aliases?.flatMap((one) => idOf(reading.scope, one) ?? []) ?? [];
  return compact({
    id: needed(reading, 'order.id', order.id) ?? externalId,
    parentId: idOf(reading.scope, order.parentId),
    line: idOf(reading.scope, order.line),
    aliases: aliases.length > 0 ? aliases : undefined,
  });
}

function customerOf(scope: Scope, rule: Rule): EventDraft['customer'] {
  const email = read(scope, rule.email);
  const hint = compact({
    id: idOf(scope, rule.customerId),
    email: email?.includes('@') ? email : undefined,
  });
  return Object.keys(hint).length > 0 ? hint : undefined;
}

const isTest = (scope: Scope, { test }: Rule): boolean =>
  (test === undefined ? [] : [test].flat()).some((mark) => {
    const found = read(scope, {
      path: mark.path,
      ...(mark.transform ? { transform: mark.transform } : {}),
    });
    return found !== undefined && [mark.equals].flat().some((one) => String(one) === found);
  });

function stateOf(reading: Reading, { record }: Rule): EventDraft['record'] {
  if (!record) return undefined;
  const id = needed(reading, 'record.id', record.id);
  const state = needed(reading, 'record.state', record.state);
  return id === undefined || state === undefined ? undefined : { id, state };
}

/** The event of one record; undefined when there is none, or when the reading has problems. */
export function draftOf(reading: Reading, rule: Rule, defaults: Defaults): EventDraft | undefined {
  const { scope } = reading;
  if (!holds(scope, rule.when)) return undefined;
  const type = typeOf(reading, rule);
  if (!type) return undefined;
  const externalId = needed(reading, 'externalId', rule.externalId) ?? '';
  const currency = given(reading, rule.currency) ?? defaults.currency;
  const revenue = moneyOf(reading, 'amount', rule.amount, currency, type);
  const payout = moneyOf(reading, 'payout', rule.payout, currency, type);
  const occurredAt = momentOf(reading, rule.occurredAt, defaults.zone);
  const key = keyOf(reading, rule, { type, externalId, revenue, payout, occurredAt });
  for (const one of rule.flags ?? []) if (holds(scope, one.when)) reading.flag(one.name);
  return compact({
    key,
    type,
    nativeType: nativeOf(reading, rule, type),
    test: defaults.test || isTest(scope, rule),
    occurredAt,
    order: orderOf(reading, rule, externalId),
    attribution: attributionOf(scope, rule),
    revenue,
    payout,
    customer: customerOf(scope, rule),
    record: stateOf(reading, rule),
    flags: reading.flags.length > 0 ? reading.flags : undefined,
  });
}
