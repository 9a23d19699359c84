import { TARGETS, type Partners } from './partners/partners.js';
import { ACCOUNTS, type Kits } from './sources.js';

/** Types that the demo's routes carry. */
const EVENTS = ['LEAD', 'SALE', 'REBILL', 'REFUND', 'CHARGEBACK', 'CHARGEBACK_REVERSED'];

/**
 * The demo's waybill.yaml, as JSON, which is YAML too. Five accounts with the sample credentials of their plugins,
 * three partners, and who is told of what.
 */
export function gatewayConfiguration(kits: Kits, partners: Partners): string {
  const { tap, tune, tracker } = partners;
  const accounts = [...kits.values()].map(({ account, source, seal }) => ({
    id: account,
    source,
    credentials: seal.credentials,
    ...(seal.settings ? { settings: seal.settings } : {}),
  }));
  const [tapId, tuneId, trackerId] = TARGETS;
  const targets = [
    {
      id: tapId,
      target: 'tapfiliate',
      settings: { apiKey: tap.apiKey, baseUrl: `${tap.url}/1.6/` },
    },
    {
      id: tuneId,
      target: 'tune',
      settings: {
        trackingUrl: tune.url,
        securityToken: tune.securityToken,
        uniqueId: true,
        networkId: 'demo',
        networkToken: tune.networkToken,
        apiUrl: `${tune.url}/Apiv3/json`,
      },
    },
    { id: trackerId, target: 'postback', settings: { url: tracker.template } },
  ];
  const { stripe, clickbank, digistore24, buygoods, crm } = ACCOUNTS;
  const routes = [
    { from: [stripe, clickbank, crm], to: [tapId, trackerId], events: EVENTS },
    { from: [digistore24, buygoods], to: [tuneId, trackerId], events: EVENTS },
  ];
  return `${JSON.stringify({ accounts, targets, routes }, null, 2)}\n`;
}
