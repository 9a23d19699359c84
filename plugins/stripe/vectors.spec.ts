import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { notificationOf } from './fixtures/notification.js';
import plugin from './index.js';

/** Samples signed by third parties, read from the folder in WAYBILL_VECTORS; they are no part of this project. */
interface Vector {
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw_body: string;
  readonly expected: { readonly accept: boolean; readonly now_epoch_s: number };
}

const folder = process.env['WAYBILL_VECTORS'] ?? '';
const files =
  folder !== '' && existsSync(folder)
    ? readdirSync(folder).filter((name) => /^inbound-stripe-.*\.json$/.test(name))
    : [];

describe('samples signed by others', () => {
  // Skipped where everyone can see it, when there is nothing to read.
  const sampled = files.length === 0 ? it.skip : it;
  const names =
    files.length === 0
      ? ['none: WAYBILL_VECTORS names no folder with inbound-stripe-*.json']
      : files;
  sampled.each(names)('%s', (file) => {
    const vector = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Vector;
    const request = { headers: vector.headers, body: Buffer.from(vector.raw_body, 'utf8') };
    const verdict = plugin.verify(
      notificationOf(request, vector.expected.now_epoch_s * 1000),
      { signingSecret: vector.secret },
      [],
    );
    expect(verdict.ok).toBe(vector.expected.accept);
  });
});
