import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isNotUnderstood, parseForm, textAt, type EventDraft } from '#contract';
import { openEnvelope, type Envelope } from './envelope.js';
import { notificationOf } from './fixtures/notification.js';
import plugin from './index.js';
import { ClickBankSettings } from './settings.js';

/** Samples signed by third parties, read from the folder in WAYBILL_VECTORS; they are no part of this project. */
interface Vector {
  readonly scheme: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw_body: string;
  readonly expected: {
    readonly accept: boolean;
    readonly fields?: Readonly<Record<string, unknown>>;
    readonly ctransamount_minor?: number;
    readonly ctranstime_epoch_s?: number;
  };
}

const folder = process.env['WAYBILL_VECTORS'] ?? '';
const files =
  folder !== '' && existsSync(folder)
    ? readdirSync(folder).filter((name) => /^inbound-clickbank-.*\.json$/.test(name))
    : [];

function vendorIn(vector: Vector, body: Buffer): string {
  if (vector.scheme === 'clickbank-ins-aes') {
    const message = openEnvelope(JSON.parse(vector.raw_body) as Envelope, vector.secret);
    return textAt(message, 'vendor') ?? 'unknown';
  }
  const form = parseForm(body);
  return form.ok ? (form.value.find(([name]) => name === 'ctransvendor')?.[1] ?? '') : '';
}

function eventOf(vector: Vector): EventDraft | string {
  const body = Buffer.from(vector.raw_body, 'utf8');
  const given = { vendor: vendorIn(vector, body), secretKey: vector.secret };
  const verdict = plugin.verify(notificationOf({ headers: vector.headers, body }), given, []);
  if (!verdict.ok) return verdict.reason;
  const result = plugin.normalize(verdict.payload, { settings: new ClickBankSettings() });
  if (isNotUnderstood(result)) return result.notUnderstood;
  return (result[0] as EventDraft | undefined) ?? 'nothing';
}

describe('samples signed by others', () => {
  // Skipped where everyone can see it, when there is nothing to read.
  const sampled = files.length === 0 ? it.skip : it;
  const names =
    files.length === 0
      ? ['none: WAYBILL_VECTORS names no folder with inbound-clickbank-*.json']
      : files;
  sampled.each(names)('%s', (file) => {
    const vector = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Vector;
    const event = eventOf(vector);
    const {
      accept,
      fields,
      ctransamount_minor: minor,
      ctranstime_epoch_s: epoch,
    } = vector.expected;
    if (!accept) {
      expect(event).toBe('undecipherable');
      return;
    }
    const at = fields?.['transactionTime_instant'];
    expect(event).toMatchObject({
      test: true,
      occurredAt: new Date(epoch === undefined ? String(at) : epoch * 1000).toISOString(),
      revenue: { amount: minor ?? Number(fields?.['totalOrderAmount']) * 100, currency: 'USD' },
    });
  });
});
