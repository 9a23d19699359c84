import {
  accept,
  checkSettings,
  defineSource,
  defineTarget,
  hmac,
  money,
  NoSettings,
  parseJson,
  pick,
  reject,
  safeEqual,
  Secret,
  skip,
  strictHex,
  textAt,
  Url,
  type EventDraft,
  type HttpResponse,
  type Json,
  type SealModule,
  type SourceDefinition,
  type TargetDefinition,
} from '../contract/index.js';
import type { SourceCase, TargetCase } from './fixtures.js';

/** A sound little network and a sound little partner, for planting faults into. */

class ToyCredentials {
  @Secret({ label: 'Key' })
  secret!: string;
}

type ToySource = SourceDefinition<ToyCredentials, NoSettings, Json>;

const sound: ToySource = {
  name: 'toy',
  label: 'Toy',
  credentials: ToyCredentials,
  settings: NoSettings,
  methods: ['POST'],
  events: [{ native: 'sold', becomes: 'SALE' }],
  verify({ headers, body }, { secret }) {
    const given = strictHex(headers['x-toy'], 32);
    if (!given) return reject('missing-signature');
    if (!safeEqual(given, hmac('sha256', secret, body))) return reject('bad-signature');
    const parsed = parseJson(body);
    return parsed.ok ? accept(parsed.value, 'signed') : reject(parsed.fault);
  },
  reopen({ body }) {
    const parsed = parseJson(body);
    return parsed.ok ? parsed.value : null;
  },
  normalize(payload) {
    const id = textAt(payload, 'id') ?? '';
    const revenue = money(textAt(payload, 'total'), 'USD');
    const draft: EventDraft = {
      key: `${id}:sold`,
      type: 'SALE',
      nativeType: 'sold',
      test: false,
      occurredAt: null,
      order: { id },
      ...(revenue ? { revenue } : {}),
    };
    return [draft];
  },
};

/** The toy network, with some of its members replaced. */
export const toySource = (faulty: Partial<ToySource> = {}) => defineSource({ ...sound, ...faulty });

export const toySeal: SealModule = {
  credentials: { secret: 'toy-secret-4711' },
  seal(payload, credentials) {
    const body = Buffer.from(JSON.stringify(payload), 'utf8');
    const signature = hmac('sha256', String(credentials['secret']), body).toString('hex');
    const headers = { 'content-type': 'application/json', 'x-toy': signature };
    return { method: 'POST', pathToken: '', query: '', headers, body };
  },
};

const sale = (id: string): SourceCase => ({
  name: `sale-${id}`,
  payload: { id, total: '19.99', note: 'toy' },
  options: {},
  golden: {
    trust: 'signed',
    drafts: [
      {
        key: `${id}:sold`,
        type: 'SALE',
        nativeType: 'sold',
        test: false,
        occurredAt: null,
        order: { id },
        revenue: { amount: 1999, currency: 'USD' },
      },
    ],
  },
});

/** Seven sales and a forgery. */
export const toyCases: readonly SourceCase[] = [
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(sale),
  {
    name: 'forged',
    payload: { id: 'x', total: '1.00' },
    options: { sealWith: { secret: 'another-secret' } },
    golden: { rejected: 'bad-signature' },
  },
];

class ToySettings {
  @Secret({ label: 'Key' })
  apiKey!: string;

  @Url({ label: 'Address' })
  address!: string;
}

type ToyTarget = TargetDefinition<ToySettings>;

const soundTarget: ToyTarget = {
  name: 'toy-partner',
  label: 'Toy partner',
  settings: ToySettings,
  accepts: ['SALE'],
  build(event, { apiKey, address }) {
    if (event.attribution.clickId === null) return skip('no-attribution');
    const url = new URL(address);
    url.searchParams.set('click', event.attribution.clickId);
    url.searchParams.set('key', apiKey);
    return { method: 'GET', url: url.href.replaceAll('{', '%7B').replaceAll('}', '%7D') };
  },
  classify: (response) => readAnswer(response),
};

function readAnswer({ status, body }: HttpResponse) {
  const parsed = parseJson(Buffer.from(body));
  const ok = parsed.ok && pick(parsed.value, 'ok') === true;
  return ok && status === 200
    ? ({ kind: 'delivered', proof: 'confirmed', attributed: 'yes' } as const)
    : ({ kind: 'refused', reason: 'no' } as const);
}

/** The toy partner, with some of its members replaced. */
export const toyTarget = (faulty: Partial<ToyTarget> = {}) =>
  defineTarget({ ...soundTarget, ...faulty });

export const toyTargetSettings = {
  apiKey: 'partner-key-4711',
  address: 'https://partner.example/hook',
};

export const toyTargetCases: readonly TargetCase[] = [
  {
    name: 'sale',
    event: {},
    history: {},
    request: {
      method: 'GET',
      url: 'https://partner.example/hook?click=clk123&key=partner-key-4711',
    },
    responses: [
      {
        name: 'ok',
        status: 200,
        body: '{"ok":true}',
        outcome: { kind: 'delivered', proof: 'confirmed', attributed: 'yes' },
      },
    ],
  },
  {
    name: 'no-click',
    event: { attribution: { clickId: null } },
    history: {},
    request: { skip: 'no-attribution' },
    responses: [],
  },
];

/** True when the sample settings of the toys are themselves sound. */
export const toysAreSound = (): boolean =>
  checkSettings(ToyCredentials, toySeal.credentials, 'credentials').ok &&
  checkSettings(ToySettings, toyTargetSettings, 'settings').ok;
