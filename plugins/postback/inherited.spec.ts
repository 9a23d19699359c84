import { describe, expect, it } from '@jest/globals';
import { REVERSAL_TYPES, type CanonicalEvent, type History } from '#contract';
import { SAMPLE_NOW, sampleEvent } from '../../src/testing/sample-event.js';
import plugin from './index.js';
import { PostbackSettings } from './settings.js';

const settings = Object.assign(new PostbackSettings(), {
  url: 'https://t.example/postback?cid={click_id}&et={event_type}',
});
const history: History = { entries: [], steps: [], now: SAMPLE_NOW, attempt: 1 };
const build = (event: CanonicalEvent) => plugin.build(event, settings, history);

/** The core hands over what the network left out, so the plugin asks for no history of its own. */
describe('an event of a network that names the click on the sale only', () => {
  it('costs no read of the history', () => {
    expect(plugin.needsHistory).toEqual([]);
  });

  it.each([...REVERSAL_TYPES, 'REBILL'] as const)(
    'is told with the click of the sale: %s',
    (type) => {
      const event = sampleEvent({
        type,
        reverses: 'evtsale',
        attribution: { clickId: 'clk-sale' },
      });
      expect(build(event)).toMatchObject({
        url: `https://t.example/postback?cid=clk-sale&et=${type}`,
      });
    },
  );

  it('is not told where the ledger knows no click either', () => {
    const attribution = { clickId: null, how: 'none' };
    expect(build(sampleEvent({ type: 'REFUND', attribution }))).toEqual({ skip: 'no-attribution' });
  });
});
