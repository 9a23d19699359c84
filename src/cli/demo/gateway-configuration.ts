import { TARGETS, type Partners } from './partners/partners.js';
import { ACCOUNTS, type Kits, type SourceKit } from './sources.js';
import { OFFER } from './visit.js';

/** Types that the routes of the long story carry. */
const EVENTS = ['LEAD', 'SALE', 'REBILL', 'REFUND', 'CHARGEBACK', 'CHARGEBACK_REVERSED'];
/** The deal that is lost after all. */
const CRM_EVENTS = [...EVENTS, 'CANCELED'];

const [TAP, TUNE, TRACKER] = TARGETS;

/** Some networks sign the URL that they call; it is what their samples were made for. */
const publicUrl = (source: string): string => `https://gateway.example/in/${source}/acme`;

const account = (
  { account: id, source, seal }: SourceKit,
  own: Readonly<Record<string, Readonly<Record<string, string>>>>,
): object => ({
  id,
  source,
  credentials: { ...seal.credentials, ...own[source] },
  ...(seal.settings ? { settings: seal.settings } : {}),
  publicUrl: publicUrl(source),
});

function targets({ tap, tune, tracker }: Partners): readonly object[] {
  return [
    {
      id: TAP,
      target: 'tapfiliate',
      settings: { apiKey: tap.apiKey, baseUrl: `${tap.url}/1.6/` },
    },
    {
      id: TUNE,
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
    { id: TRACKER, target: 'postback', settings: { url: tracker.template } },
  ];
}

function routes(others: readonly string[]): readonly object[] {
  const { stripe, clickbank, digistore24, buygoods, crm } = ACCOUNTS;
  return [
    { from: [stripe, clickbank, crm], to: [TAP, TRACKER], events: EVENTS },
    { from: [digistore24, buygoods], to: [TUNE, TRACKER], events: EVENTS },
    { from: others, to: [TAP, TRACKER], events: CRM_EVENTS },
    { from: 'track', to: TAP, events: ['CLICK'] },
  ];
}

/** The one offer. Its clicks become events of the account that takes first-party traffic. */
const offer = {
  id: OFFER,
  url: 'https://shop.example/buy?tid={click_id}&aff={affiliate_id}',
  programme: 'main',
  account: 'track',
  cookie: true,
};

/**
 * The demo's waybill.yaml, as JSON, which is YAML too: an account of every source with the sample credentials of its
 * plugin, three partners, an offer, and who is told of what. `own`: credentials that only this run knows, by source.
 */
export function gatewayConfiguration(
  kits: Kits,
  partners: Partners,
  own: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  const all = [...kits.values()];
  const others = all.filter(({ source }) => !(source in ACCOUNTS)).map((kit) => kit.account);
  const configuration = {
    accounts: all.map((kit) => account(kit, own)),
    targets: targets(partners),
    routes: routes(others),
    offers: [offer],
    programmes: [{ id: 'main' }],
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}
