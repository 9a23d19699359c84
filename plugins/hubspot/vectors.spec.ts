import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Notification } from '#contract';
import { HubSpotCredentials } from './settings.js';
import { signatureFault } from './signature.js';

/** Samples from HubSpot's own libraries, read from the folder in WAYBILL_VECTORS; they are no part of this project. */
interface Vector {
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw_body: string;
  readonly url: string;
  readonly method: string;
  readonly now_ms?: number;
}

const folder = process.env['WAYBILL_VECTORS'] ?? '';
const files =
  folder !== '' && existsSync(folder)
    ? readdirSync(folder).filter((name) => /^crm-hubspot-.*\.json$/.test(name))
    : [];

const callOf = (vector: Vector, body = vector.raw_body): Notification => ({
  method: vector.method,
  url: vector.url,
  pathToken: '',
  query: '',
  headers: Object.fromEntries(
    Object.entries(vector.headers).map(([name, value]) => [name.toLowerCase(), value]),
  ),
  body: Buffer.from(body, 'utf8'),
  receivedAt: vector.now_ms ?? 0,
});

describe('samples signed by others', () => {
  // Skipped where everyone can see it, when there is nothing to read.
  const sampled = files.length === 0 ? it.skip : it;
  const names =
    files.length === 0 ? ['none: WAYBILL_VECTORS names no folder with crm-hubspot-*.json'] : files;
  sampled.each(names)('%s', (file) => {
    const vector = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Vector;
    const credentials = Object.assign(new HubSpotCredentials(), {
      clientSecret: vector.secret,
      oldSignatures: true,
    });
    expect(signatureFault(callOf(vector), credentials)).toBeUndefined();
    expect(signatureFault(callOf(vector, `${vector.raw_body} `), credentials)).toBe(
      'bad-signature',
    );
    expect(signatureFault({ ...callOf(vector), url: `${vector.url}/` }, credentials)).toBe(
      'bad-signature',
    );
  });
});
