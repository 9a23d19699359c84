import { describe, expect, it } from '@jest/globals';
import type { History } from '#contract';
import { sampleEvent } from '../../src/testing/sample-event.js';
import plugin from './index.js';
import { TuneSettings } from './settings.js';

const now = Date.parse('2026-11-20T10:00:00.000Z');
const settings = Object.assign(new TuneSettings(), {
  trackingUrl: 'https://examplenetwork.go2cloud.org',
});

describe('a sale of an unknown click', () => {
  it.each([
    ['that just happened waits', 0, 'retry'],
    ['that is dated a minute ahead waits', -60_000, 'retry'],
    ['that is dated further ahead is refused', -60_001, 'refused'],
    ['that is dated next year is refused', -365 * 86_400_000, 'refused'],
    ['that happened ten minutes ago is refused', 600_000, 'refused'],
  ])('%s', (_what, age, kind) => {
    const event = sampleEvent({ occurredAt: new Date(now - age).toISOString() });
    const history: History = { entries: [], steps: [], now, attempt: 2 };
    const sent = { step: 0, attempt: 2, mayHaveArrived: true, history };
    const answer = {
      status: 200,
      headers: {},
      body: 'success=false; err_msg=Invalid Trans. ID #1.;',
    };
    expect(plugin.classify?.(answer, event, settings, sent)).toMatchObject({ kind });
  });
});
