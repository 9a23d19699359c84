import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Notification } from '#contract';
import plugin from './index.js';

/** Samples from another client, read from the folder in WAYBILL_VECTORS; they are no part of this project. */
interface Vector {
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw_body: string;
  readonly now_ms: number;
}

const folder = process.env['WAYBILL_VECTORS'] ?? '';
const files =
  folder !== '' && existsSync(folder)
    ? readdirSync(folder).filter((name) => /^crm-close-.*\.json$/.test(name))
    : [];

describe('samples signed by others', () => {
  // Skipped where everyone can see it, when there is nothing to read.
  const sampled = files.length === 0 ? it.skip : it;
  const names =
    files.length === 0 ? ['none: WAYBILL_VECTORS names no folder with crm-close-*.json'] : files;
  sampled.each(names)('%s', (file) => {
    const vector = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Vector;
    const told = (body: string, receivedAt: number): string => {
      const notification: Notification = {
        method: 'POST',
        url: '',
        pathToken: '',
        query: '',
        headers: vector.headers,
        body: Buffer.from(body, 'utf8'),
        receivedAt,
      };
      const verdict = plugin.verify(notification, { signatureKey: vector.secret }, []);
      return verdict.ok ? 'accepted' : verdict.reason;
    };
    expect(told(vector.raw_body, vector.now_ms)).toBe('accepted');
    expect(told(`${vector.raw_body} `, vector.now_ms)).toBe('bad-signature');
    expect(told(vector.raw_body, vector.now_ms + 302_000)).toBe('stale');
  });
});
