import http from 'node:http';
import { expect } from '@jest/globals';
import type { SourcePlugin, TargetPlugin } from '../../src/contract/index.js';
import type { EventDoc, TouchDoc } from '../../src/ledger/documents.js';
import { Touches } from '../../src/clicks/touches.js';
import { startTestStores } from '../../src/platform/embedded/testing.js';
import postbackIn from '../../plugins/postback-in/index.js';
import tapfiliate from '../../plugins/tapfiliate/index.js';
import track from '../../plugins/track/index.js';
import { freshDatabase, run, until, type Running } from './harness.js';
import { startPartner, type Partner } from './partner.js';
import { hookTarget, sealToy, toySource } from './toys.js';

export const KEY = 'track-key-0123456789-abcdef';
export const TOKEN = 'postback_token_0123456789';

const yaml = (url: string) => `
accounts:
  - { id: shop, source: toy, credentials: { secret: toy-secret } }
  - { id: strict, source: toy, credentials: { secret: toy-secret }, programme: main }
  - { id: single, source: toy, credentials: { secret: toy-secret }, programme: once }
  - { id: deaf, source: toy, credentials: { secret: toy-secret }, programme: none }
  - { id: web, source: track, credentials: { key: ${KEY}, origins: [ "https://shop.example" ] }, settings: { cookie: true, cookieDomain: shop.example } }
  - { id: acme, source: postback-in, credentials: { token: ${TOKEN} } }
targets:
  - { id: one, target: told, settings: { url: "${url}/one" } }
  - { id: tap, target: tapfiliate, settings: { apiKey: tap-key, baseUrl: "${url}/tap/" } }
routes:
  - { from: [shop, strict, single, deaf, acme], to: one }
  - { from: web, to: tap, events: [CLICK] }
offers:
  - { id: keto, url: "https://shop.example/buy/{sub1}?tid={click_id}&aff={affiliate_id}", programme: main, cookie: true, payout: "25.00" }
  - { id: first, url: "https://shop.example/f?tid={click_id}", programme: first, cookie: true }
  - { id: once, url: "https://shop.example/o?tid={click_id}", programme: once }
  - { id: told, url: "https://shop.example/t?tid={click_id}", account: web }
  - { id: over, url: "https://shop.example/x", fallbackUrl: "https://shop.example/other", endsAt: 2026-01-01 }
  - { id: gone, url: "https://shop.example/x", endsAt: 2026-01-01 }
programmes:
  - { id: main }
  - { id: first, model: first-touch }
  - { id: once, onePerClick: true }
`;

/** A partner that books nothing without a click. */
const toldTarget = {
  ...hookTarget,
  name: 'told',
  accepts: [...hookTarget.accepts, 'ADJUSTMENT'],
  build: (event, settings) => {
    if (event.attribution.clickId === null) return { skip: 'no-attribution' };
    const { attribution, flags, type, order } = event;
    const body = JSON.stringify({ type, order: order?.id, attribution, flags });
    return { method: 'POST', url: settings.url, body };
  },
} as typeof hookTarget;

const PLUGINS = [toySource, toldTarget, track, postbackIn, tapfiliate] as unknown as (
  SourcePlugin | TargetPlugin
)[];

export interface Hop {
  readonly status: number;
  readonly location: string;
  readonly cookies: readonly string[];
  readonly headers: http.IncomingHttpHeaders;
  /** The click id in the address. */
  readonly click: string;
}

/** Commits wait for the click store as long as it takes: a busy machine must not decide whose a sale is here. */
export function waitForClicks({ gateway }: Running): void {
  const touches = gateway.app.get(Touches);
  touches.trailsInTime = (ids) => touches.trails(ids);
}

/** A gateway with offers, programmes and our own two sources, and a browser that follows no redirects. */
export class ClickBench {
  private orders = 0;

  private constructor(
    readonly running: Running,
    readonly partner: Partner,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<ClickBench> {
    const stores = await startTestStores();
    const partner = await startPartner((request) =>
      request.url.startsWith('/tap/')
        ? { status: 200, body: '{"id":"tap-click-1"}' }
        : { status: 200, body: 'ok-1' },
    );
    const running = await run(
      { mongodbUri: freshDatabase(stores.mongodbUri), redisUrl: stores.redisUrl },
      yaml(partner.url),
      { plugins: PLUGINS },
    );
    await running.gateway.prepared;
    waitForClicks(running);
    return new ClickBench(running, partner, async () => {
      await running.stop();
      await partner.close();
      await stores.stop();
    });
  }

  hop(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Hop> {
    const { hostname, port } = new URL(this.running.gateway.url);
    return new Promise((resolve, reject) => {
      const request = http.request({ hostname, port, path, method, headers }, (response) => {
        response.resume();
        response.on('end', () => {
          const location = response.headers.location ?? '';
          const click = /[?&]tid=([a-z2-7]*)/.exec(location)?.[1] ?? '';
          const cookies = response.headers['set-cookie'] ?? [];
          const { headers: said, statusCode: status = 0 } = response;
          resolve({ status, location, cookies, headers: said, click });
        });
      });
      request.on('error', reject);
      request.end();
    });
  }

  touchOf(click: string): Promise<TouchDoc | null> {
    return this.running.ledger.touches.findOne({ _id: click });
  }

  /** Sells by the toy network; the event as it is in the ledger. */
  async sell(click: string | undefined, more: object = {}, account = 'shop'): Promise<EventDoc> {
    this.orders += 1;
    const order = `O${this.orders}`;
    const body = { type: 'SALE', order, amount: '4900', ...(click ? { click } : {}), ...more };
    const answer = await this.running.post(`/in/toy/${account}`, sealToy(body));
    expect(answer.status).toBe(200);
    const event = await this.running.ledger.events.findOne({ 'order.id': String(body.order) });
    if (!event) throw new Error('no event');
    return event;
  }

  rowOf(event: EventDoc) {
    return this.running.ledger.deliveries.findOne({ event: event._id });
  }

  settled(event: EventDoc) {
    return until(
      () => this.rowOf(event),
      (row) => row?.settledAt !== undefined,
    );
  }

  /** What the partner was told about the event's order. */
  told(event: EventDoc) {
    return this.partner.received
      .filter((one) => one.url === '/one')
      .map((one) => JSON.parse(one.body) as Omit<EventDoc, 'order'> & { order: string })
      .filter((one) => one.order === event.order?.id);
  }
}
