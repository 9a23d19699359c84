import { createHash } from 'node:crypto';
import { canonicalJson, type EventType, type Money } from '#contract';
import { given, type Reading } from './reading.js';
import type { Rule } from './rule.js';

/** What tells two facts of one record apart when the sender names no event id. */
export interface Fact {
  readonly type: EventType;
  readonly externalId: string;
  readonly revenue: Money | undefined;
  readonly payout: Money | undefined;
  readonly occurredAt: string | null;
}

const MAX_KEY = 512;

/** Joined so that `a:b` + `c` and `a` + `b:c` stay apart. */
const part = (value: string): string => value.replaceAll('%', '%25').replaceAll(':', '%3A');

const hash = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');

/**
 * The idempotency key: type, record and the values of `dedupe`. When `dedupe` is not mapped or one of its values is
 * missing: a hash over the fact, flagged `synthetic-key`. It holds nothing of the delivery, so a repeat gives the
 * same key.
 */
export function keyOf(reading: Reading, rule: Rule, fact: Fact): string {
  const values = rule.dedupe?.map((one) => given(reading, one)) ?? [];
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 || known.length < values.length) {
    reading.flag('synthetic-key');
    const { type, externalId, revenue = null, payout = null, occurredAt } = fact;
    return `${type}:synthetic:${hash([type, externalId, revenue, payout, occurredAt])}`;
  }
  const parts = [fact.externalId, ...known];
  const key = [fact.type, ...parts.map(part)].join(':');
  return key.length <= MAX_KEY ? key : `${fact.type}:long:${hash(parts)}`;
}
