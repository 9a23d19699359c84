import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CanonicalEvent, History, HttpRequest, Outcome } from '#contract';
import { sampleEvent } from '../../src/testing/sample-event.js';
import plugin from './index.js';
import { TapfiliateSettings } from './settings.js';

/** Answers written down by third parties, in the folder that WAYBILL_VECTORS names. */
const folder = process.env['WAYBILL_VECTORS'] ?? '';
const here = folder !== '' && existsSync(folder);
const files = here
  ? readdirSync(folder).filter((name) => /^outbound-tapfiliate-.*\.json$/.test(name))
  : [];

interface Sample {
  readonly response: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body: unknown;
  };
  readonly request: { readonly method: string; readonly url: string };
}

/** A sample that is skipped is still described, so an absent file must not throw. */
const load = (name: string): Sample =>
  here
    ? (JSON.parse(readFileSync(join(folder, name), 'utf8')) as Sample)
    : { request: { method: '', url: '' }, response: { status: 0, body: '' } };

const settings = Object.assign(new TapfiliateSettings(), { apiKey: 'key-1' });
const sale = sampleEvent({ order: { id: 'PAR453277X' } });
const refund = sampleEvent({ id: 'evtrefund', type: 'REFUND', reverses: sale.id });
const history = (remoteIds: Record<string, string | string[]>): History => ({
  entries: [{ event: sale, state: 'delivered', remoteIds }],
  steps: [],
  now: Date.parse(sale.receivedAt),
  attempt: 1,
});
const known = { conversionId: '2', commissionIds: ['1'], commissionAmounts: ['1'] };

/** What each kind of request is for at our side, and what its answer must come to. */
const MEANINGS: readonly (readonly [RegExp, CanonicalEvent, History, Partial<Outcome>])[] = [
  [/^GET .*\/programs\//, sale, history({}), { kind: 'misconfigured' }],
  [
    /^GET .*\/conversions\/\d+/,
    refund,
    history({ conversionId: '2807860' }),
    { kind: 'delivered' },
  ],
  [/^POST .*\/conversions\//, sale, { ...history({}), entries: [] }, { kind: 'delivered' }],
  [/^DELETE .*\/approved\//, refund, history(known), { kind: 'delivered', proof: 'confirmed' }],
];

const classified = ({ response }: Sample, event: CanonicalEvent, past: History) =>
  plugin.classify?.(
    {
      status: response.status,
      headers: response.headers ?? {},
      body: typeof response.body === 'string' ? response.body : JSON.stringify(response.body),
    },
    event,
    settings,
    { step: 0, attempt: 1, mayHaveArrived: false, history: past },
  );

const samples = here ? describe : describe.skip;

samples.each(here ? files : ['WAYBILL_VECTORS is not set'])('third-party sample %s', (name) => {
  const sample = load(name);
  const line = `${sample.request.method} ${sample.request.url}`;

  it('is read as what it means', () => {
    const meaning = MEANINGS.find(([pattern]) => pattern.test(line));
    expect(meaning).toBeDefined();
    if (!meaning) return;
    const [, event, past, outcome] = meaning;
    expect(classified(sample, event, past)).toMatchObject(outcome);
  });

  it('is a request of a kind that we make', () => {
    const meaning = MEANINGS.find(([pattern]) => pattern.test(line));
    const built = meaning && plugin.build(meaning[1], settings, meaning[2]);
    const requests = [built].flat() as readonly (HttpRequest | undefined)[];
    // Asking for the programmes is the sample's way of trying a key; we learn of a bad key by the first create.
    const method = sample.request.url.endsWith('/programs/') ? 'POST' : sample.request.method;
    expect(requests[0]?.method).toBe(method);
  });
});

describe('third-party samples', () => {
  const run = here ? it : it.skip;
  run('are in the folder of WAYBILL_VECTORS', () => expect(files.length).toBeGreaterThan(0));

  run('of a conversion give the ids that a refund needs', () => {
    const sample = load('outbound-tapfiliate-llbbl-conversion-get.json');
    const outcome = classified(sample, refund, history({ conversionId: '2807860' }));
    expect(outcome).toMatchObject({
      remoteIds: { commissionIds: ['4050887'], commissionAmounts: ['123'] },
    });
  });
});
