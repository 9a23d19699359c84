import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CrmCredentials } from './credentials.js';
import plugin from './index.js';
import { proofFault, readyVerifier } from './verifier/verify.js';

/** Folder of samples signed by others; without it these tests are skipped, and the report says so. */
const FOLDER = process.env['WAYBILL_VECTORS'] ?? '';

interface Sample {
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw_body: string;
  readonly url: string | null;
  readonly now_ms: number;
}

const SAMPLES = [
  ['crm-close-note-created', 'close'],
  ['crm-hubspot-v3-python', 'hubspot-v3'],
  ['crm-standard-webhooks-js', 'standard-webhooks'],
] as const;

const sampleIt = FOLDER === '' ? it.skip : it;

function load(name: string): Sample {
  const path = join(FOLDER, `${name}.json`);
  if (!existsSync(path)) throw new Error(`WAYBILL_VECTORS holds no ${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Sample;
}

const callOf = (sample: Sample, body = sample.raw_body) => ({
  method: 'POST',
  url: sample.url ?? '',
  pathToken: '',
  query: '',
  headers: Object.fromEntries(
    Object.entries(sample.headers).map(([name, value]) => [name.toLowerCase(), value]),
  ),
  body: Buffer.from(body),
  receivedAt: sample.now_ms,
});

describe('samples signed by third parties', () => {
  sampleIt.each(SAMPLES)('%s', (name, preset) => {
    const sample = load(name);
    const lock = readyVerifier({ preset, secret: sample.secret });
    if (!lock) throw new Error('the sample secret is not one this preset takes');
    expect(proofFault(callOf(sample), lock)).toBeUndefined();
    expect(proofFault(callOf(sample, `${sample.raw_body} `), lock)).toBe('bad-signature');
    expect(proofFault({ ...callOf(sample), receivedAt: sample.now_ms + 302_000 }, lock)).toBe(
      'stale',
    );
  });

  sampleIt('the JSON ones are accepted as a whole', () => {
    const verdicts = SAMPLES.filter(([name]) => name !== 'crm-hubspot-v3-python').map(
      ([name, preset]) => {
        const sample = load(name);
        const credentials = Object.assign(new CrmCredentials(), {
          verifier: { preset, secret: sample.secret },
        });
        return plugin.verify(callOf(sample), credentials, []).ok;
      },
    );
    expect(verdicts).toEqual([true, true]);
  });
});
