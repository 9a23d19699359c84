import { describe, expect, it } from '@jest/globals';
import { checkSettings } from '#contract';
import plugin from './index.js';
import { TuneSettings } from './settings.js';

const trackingUrl = 'https://examplenetwork.go2cloud.org';
const lint = (more: object) =>
  plugin.lint?.(Object.assign(new TuneSettings(), { trackingUrl, ...more }));

describe('the settings of TUNE', () => {
  it.each([
    [{ networkId: 'n' }, 'networkId and networkToken belong together'],
    [{ readBack: true }, 'readBack needs the network token'],
    [{ goalIds: { LEAD: 'twelve' } }, 'goalIds.LEAD must be a goal id or the word default'],
    [{ statuses: { SALE: 'ok' } }, 'statuses.SALE must be approved, pending or rejected'],
  ])('%j are at fault', (more, fault) => {
    expect(lint(more)).toEqual([fault]);
  });

  it('may hold everything that the README lists', () => {
    const more = { goalIds: { LEAD: '12', SALE: 'default' }, statuses: { SALE: 'pending' } };
    expect(lint({ ...more, networkId: 'n', networkToken: 't', readBack: true })).toEqual([]);
  });

  it.each([
    { offerId: 'x' },
    { goalIds: { REFUND: '1' } },
    { networkId: 'a.b' },
    { orderIdField: 'x' },
  ])('%j are refused by the field itself', (more) => {
    expect(checkSettings(TuneSettings, { trackingUrl, ...more }, 's').ok).toBe(false);
  });
});
