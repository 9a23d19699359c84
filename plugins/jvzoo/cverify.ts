import { createHash } from 'node:crypto';
import type { Form } from '#contract';

type Fields = Readonly<Record<string, string>>;

const digest = (values: readonly string[]): string =>
  createHash('sha1').update(values.join('|'), 'utf8').digest('hex').slice(0, 8).toUpperCase();

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * JVZIPN v1: the values of all fields but `cverify`, sorted by name in byte order, then the secret, joined by bars; the
 * first eight capital hex digits of the SHA-1. Source: JVZoo's page "JVZIPN - How to create your own integrated script".
 */
export const cverifyV1 = (form: Form, secret: string): string =>
  digest([
    ...form
      .filter(([name]) => name !== 'cverify')
      .toSorted(byName)
      .map(([, value]) => value),
    secret,
  ]);

/** Fields that the hash of v2 covers, in its order. Neither amount nor receipt is among them. */
export const V2_FIELDS = [
  'paykey',
  'customer_email',
  'product_name',
  'transaction_type',
  'date',
] as const;

/** JVZIPN v2: five fields in a fixed order, absent ones empty, then the secret; otherwise as v1. */
export const cverifyV2 = (fields: Fields, secret: string): string =>
  digest([...V2_FIELDS.map((name) => fields[name] ?? ''), secret]);
