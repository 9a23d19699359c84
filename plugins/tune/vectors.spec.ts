import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { History, Outcome } from '#contract';
import { sampleEvent } from '../../src/testing/sample-event.js';
import plugin from './index.js';
import { TuneSettings } from './settings.js';

/** Answers of TUNE's own pages, in the folder that WAYBILL_VECTORS names. */
const folder = process.env['WAYBILL_VECTORS'] ?? '';
const here = folder !== '' && existsSync(folder);

const settings = Object.assign(new TuneSettings(), {
  trackingUrl: 'https://examplenetwork.go2cloud.org',
  networkId: 'examplenetwork',
  networkToken: '123456ABCDEF',
});
const sale = sampleEvent();
const refund = sampleEvent({ id: 'evtrefund', type: 'REFUND', reverses: sale.id });

/** The answer of a sample, read `minutes` after the event. `undefined` when there is no such sample. */
function outcomeOf(name: string, event = sale, minutes = 0): Outcome | undefined {
  const { response } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
    response: { status: number; body: unknown };
  };
  const { status, body } = response;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const history: History = {
    entries: [{ event: sale, state: 'delivered', remoteIds: {} }],
    steps: [],
    now: Date.parse(event.occurredAt) + minutes * 60_000,
    attempt: 1,
  };
  const sent = { step: 0, attempt: 1, mayHaveArrived: false, history };
  return plugin.classify?.({ status, headers: {}, body: text }, event, settings, sent);
}

describe('third-party samples', () => {
  const run = here ? it : it.skip;

  run('are all known here', () => {
    const files = readdirSync(folder).filter((name) => name.startsWith('outbound-tune-'));
    expect(files.sort()).toEqual([
      'outbound-tune-doc-api-error.json',
      'outbound-tune-doc-invalid-transaction.json',
      'outbound-tune-doc-success.json',
    ]);
  });

  run('of a success deliver', () => {
    expect(outcomeOf('outbound-tune-doc-success.json')).toMatchObject({
      kind: 'delivered',
      proof: 'confirmed',
    });
  });

  run('of an unknown transaction wait while the event is young, then refuse', () => {
    const name = 'outbound-tune-doc-invalid-transaction.json';
    expect(outcomeOf(name)).toMatchObject({ kind: 'retry', afterMs: 15_000 });
    expect(outcomeOf(name, sale, 11)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^Invalid Trans\. ID/),
    });
  });

  run('of a token that is not accepted pause the target and hide the token', () => {
    const outcome = outcomeOf('outbound-tune-doc-api-error.json', refund);
    expect(outcome).toMatchObject({ kind: 'misconfigured' });
    expect(JSON.stringify(outcome)).not.toContain('123456ABCDEF');
  });
});
