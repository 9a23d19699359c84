import path from 'node:path';
import clickbank from '../../plugins/clickbank/index.js';
import * as clickbankSeal from '../../plugins/clickbank/fixtures/seal.js';
import hubspot from '../../plugins/hubspot/index.js';
import * as hubspotSeal from '../../plugins/hubspot/fixtures/seal.js';
import postback from '../../plugins/postback/index.js';
import tapfiliate from '../../plugins/tapfiliate/index.js';
import track from '../../plugins/track/index.js';
import tune from '../../plugins/tune/index.js';
import { Tapfiliate } from '../../src/cli/demo/partners/tapfiliate.js';
import { Tracker } from '../../src/cli/demo/partners/tracker.js';
import { Tune } from '../../src/cli/demo/partners/tune.js';
import type { SealedRequest, SourcePlugin, TargetPlugin } from '../../src/contract/index.js';
import type { Clock } from '../../src/platform/clock/clock.js';
import { loadSourceCases } from '../../src/testing/index.js';
import { startPartner, type Partner, type Received, type Reply } from './partner.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Where HubSpot's samples were signed for. */
export const HUBSPOT_URL = 'https://gateway.example/in/hubspot/acme';
const HUBSPOT_API = 'https://api.hubapi.com';
export const HUBSPOT_TOKEN = 'pat-of-the-test';

/** A clock that runs, and can be set forward to any moment. */
export function dayClock(start: string): Clock & { goTo(moment: string): void } {
  const began = performance.now();
  let base = Date.parse(start);
  const now = (): number => Math.round(base + performance.now() - began);
  return {
    now,
    goTo: (moment) => {
      base += Date.parse(moment) - now();
    },
  };
}

/** HubSpot's API with one deal and its contact, who came by the click. */
export function startHubSpot(clickId: () => string): Promise<Partner> {
  const json = (body: unknown, status = 200): Reply => ({ status, body: JSON.stringify(body) });
  return startPartner(({ url, headers }: Received) => {
    if (headers.authorization !== `Bearer ${HUBSPOT_TOKEN}`) return json({}, 401);
    if (url.startsWith('/crm/v3/objects/deals/7001?'))
      return json({
        properties: { amount: '490.00', deal_currency_code: 'USD' },
        associations: { contacts: { results: [{ id: '5101' }] } },
      });
    return url.startsWith('/crm/v3/objects/contacts/5101?')
      ? json({ properties: { email: 'ada@example.com', click_id: clickId() } })
      : json({}, 404);
  });
}

/** The plugins as they are; only the host of HubSpot's API is the local one. */
export function pluginsWith(hubspotApi: string): (SourcePlugin | TargetPlugin)[] {
  const { enrich } = hubspot;
  if (!enrich) throw new Error('HubSpot looks nothing up');
  const local: typeof hubspot = {
    ...hubspot,
    enrich: {
      ...enrich,
      build: (draft, credentials, context) => {
        const request = enrich.build(draft, credentials, context);
        return { ...request, url: request.url.replace(HUBSPOT_API, hubspotApi) };
      },
    },
  };
  return [clickbank, local, track, tapfiliate, tune, postback] as unknown as (
    SourcePlugin | TargetPlugin
  )[];
}

type Swap = Readonly<Record<string, string>>;

function sample(plugin: string, fixture: string, swap: Swap): unknown {
  const cases = loadSourceCases(path.join(ROOT, 'plugins', plugin, 'fixtures'));
  const found = cases.find(({ name }) => name === fixture);
  if (!found) throw new Error(`no sample ${plugin}/${fixture}`);
  const text = Object.entries(swap).reduce(
    (all, [from, to]) => all.replaceAll(from, to),
    JSON.stringify(found.payload),
  );
  return JSON.parse(text);
}

export const fromClickBank = (fixture: string, now: number, swap: Swap): SealedRequest =>
  clickbankSeal.seal(sample('clickbank', fixture, swap), clickbankSeal.credentials, now);

export const fromHubSpot = (fixture: string, now: number, swap: Swap): SealedRequest =>
  hubspotSeal.seal(sample('hubspot', fixture, swap), hubspotSeal.credentials, now);

export { clickbankSeal, hubspotSeal };

export interface LocalPartners {
  readonly tap: Tapfiliate;
  readonly tune: Tune;
  readonly tracker: Tracker;
  /** The affiliate's own tracker. */
  readonly own: Tracker;
}

export async function openLocalPartners(): Promise<LocalPartners> {
  const partners = {
    tap: new Tapfiliate('tap-key', new Set()),
    tune: new Tune('tune-token', 'net-token', new Set()),
    tracker: new Tracker(),
    own: new Tracker(),
  };
  await Promise.all(Object.values(partners).map((one) => one.open()));
  return partners;
}

export const closeLocalPartners = (partners: LocalPartners): Promise<unknown> =>
  Promise.all(Object.values(partners).map((one) => one.close()));

/** Who is told of what. `own` hears of Ada's conversions only, under Ada's own click id. */
export const nineDaysYaml = ({ tap, tune: network, tracker, own }: LocalPartners): string =>
  JSON.stringify({
    accounts: [
      { id: 'cb', source: 'clickbank', credentials: clickbankSeal.credentials },
      {
        id: 'hub',
        source: 'hubspot',
        publicUrl: HUBSPOT_URL,
        credentials: { ...hubspotSeal.credentials, accessToken: HUBSPOT_TOKEN },
        settings: hubspotSeal.settings,
      },
      { id: 'web', source: 'track', credentials: { key: 'track-key-0123456789-abcdef' } },
    ],
    targets: [
      {
        id: 'tap',
        target: 'tapfiliate',
        settings: { apiKey: tap.apiKey, baseUrl: `${tap.url}/1.6/` },
      },
      {
        id: 'tune',
        target: 'tune',
        settings: {
          trackingUrl: network.url,
          securityToken: network.securityToken,
          uniqueId: true,
          networkId: 'test',
          networkToken: network.networkToken,
          apiUrl: `${network.url}/Apiv3/json`,
        },
      },
      {
        id: 'tracker',
        target: 'postback',
        settings: { url: `${tracker.template}&aff={affiliate_id}` },
      },
      {
        id: 'own',
        target: 'postback',
        settings: { url: own.template.replace('cid={click_id}', 'cid={affiliate_click_id}') },
      },
    ],
    routes: [
      { from: 'web', to: 'tap', events: ['CLICK'] },
      { from: ['cb', 'hub'], to: ['tap', 'tune', 'tracker'] },
      { from: ['cb', 'hub'], to: 'own', affiliates: ['ada'] },
    ],
    offers: [
      {
        id: 'course',
        url: 'https://shop.example/buy?tid={click_id}&aff={affiliate_id}',
        programme: 'main',
        account: 'web',
        cookie: true,
      },
    ],
    programmes: [{ id: 'main' }],
  });
