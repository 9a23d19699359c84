import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import nock from 'nock';
import { byStatus, isSkip } from '#contract';
import type {
  CanonicalEvent,
  History,
  HistoryEntry,
  HttpRequest,
  HttpResponse,
  Outcome,
  RemoteIds,
  StepAnswer,
} from '#contract';
import { sampleEvent } from '../../src/testing/sample-event.js';
import plugin from './index.js';
import { TuneSettings } from './settings.js';

/** One request over axios; undefined when no answer came. */
async function send(request: HttpRequest): Promise<HttpResponse | undefined> {
  try {
    const { status, headers, data } = await axios.request<string>({
      method: request.method,
      url: request.url,
      headers: { ...request.headers },
      data: request.body,
      responseType: 'text',
      transformResponse: (text: string) => text,
      validateStatus: () => true,
      maxRedirects: 0,
      timeout: 1000,
    });
    return { status, headers: headers as Record<string, string>, body: data };
  } catch (error) {
    if (axios.isAxiosError(error)) return undefined;
    throw error;
  }
}

interface Try {
  readonly event: CanonicalEvent;
  readonly settings: TuneSettings;
  readonly entries?: readonly HistoryEntry[];
  readonly attempt?: number;
}

/** What a try came to: an outcome, a skip, or nothing known. */
type Fate = Outcome | { readonly skip: string } | 'no-answer';

const goesOn = (outcome: Outcome): boolean =>
  outcome.kind === 'delivered' || outcome.kind === 'duplicate';

const idsOf = (outcome: Outcome): RemoteIds =>
  'remoteIds' in outcome ? (outcome.remoteIds ?? {}) : {};

/**
 * One try of a delivery the way the contract says: step by step, asking build before each, until a plain request or
 * every request of the last list is answered.
 */
async function deliver(input: Try): Promise<Fate> {
  const { event, settings, entries = [], attempt = 1 } = input;
  const now = Date.parse(event.receivedAt) + 1000;
  const steps: StepAnswer[] = [];
  let fate: Fate = 'no-answer';
  for (;;) {
    const history: History = { entries, steps: [...steps], now, attempt };
    const built = plugin.build(event, settings, history);
    if (isSkip(built)) return built;
    const request = [built].flat()[steps.length] as HttpRequest | undefined;
    const answer = request && (await send(request));
    if (!request || !answer) return request ? 'no-answer' : fate;
    const sent = { step: steps.length, attempt, mayHaveArrived: attempt > 1, history };
    fate = plugin.classify?.(answer, event, settings, sent) ?? byStatus(answer);
    if (!goesOn(fate) || !Array.isArray(built)) return fate;
    steps.push({ remoteIds: idsOf(fate) });
  }
}

const tracking = 'https://examplenetwork.go2cloud.org';
const api = 'https://examplenetwork.api.hasoffers.com';
const settings = Object.assign(new TuneSettings(), {
  trackingUrl: tracking,
  offerId: '26',
  networkId: 'examplenetwork',
  networkToken: 'token-1',
});

const sale = sampleEvent();
const lead = sampleEvent({ id: 'evtlead', type: 'LEAD', revenue: null });
const refund = (cents: number, id = 'evtrefund') =>
  sampleEvent({
    id,
    type: 'REFUND',
    reverses: sale.id,
    revenue: { amount: cents, currency: 'USD' },
  });
/** What the sale's delivery stored after it was read back. */
const known: RemoteIds = { transactionId: 'clk123', tuneEventId: '77' };
const told = (event: CanonicalEvent, remoteIds: RemoteIds = {}): HistoryEntry => ({
  event,
  state: 'delivered',
  remoteIds,
});
const done = { response: { status: 1, httpStatus: 200, data: true, errors: [] } };

// Node's own http module is patched for the whole worker, and other test files come after this one.
afterAll(() => nock.restore());

beforeEach(() => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
});

afterEach(() => {
  const pending = nock.pendingMocks();
  nock.abortPendingRequests();
  nock.cleanAll();
  nock.enableNetConnect();
  if (pending.length > 0) throw new Error(`never asked for: ${pending.join(', ')}`);
});

describe('a sale', () => {
  it('is one GET with the click, the offer, the amount and the order', async () => {
    nock(tracking)
      .get('/aff_lsr')
      .query({ transaction_id: 'clk123', offer_id: '26', amount: '49.00', adv_unique1: 'ORD1' })
      .reply(200, 'success=true;');
    expect(await deliver({ event: sale, settings })).toMatchObject({
      kind: 'delivered',
      remoteIds: { transactionId: 'clk123' },
    });
  });

  it('that timed out and is repeated is our own duplicate', async () => {
    const asked: string[] = [];
    const keep = (query: object) => asked.push(JSON.stringify(query)) > 0;
    nock(tracking).get('/aff_lsr').query(keep).delayConnection(60_000).reply(500);
    expect(await deliver({ event: sale, settings })).toBe('no-answer');
    nock(tracking)
      .get('/aff_lsr')
      .query(keep)
      .reply(200, 'success=false; err_msg=Duplicate conversion;');
    expect(await deliver({ event: sale, settings, attempt: 2 })).toMatchObject({
      kind: 'duplicate',
      ours: true,
    });
    expect(new Set(asked).size).toBe(1);
  });

  it('is read back when the user wants that, and a refund then names it exactly', async () => {
    const readsBack = Object.assign(new TuneSettings(), settings, { readBack: true });
    nock(tracking).get('/aff_lsr').query(true).reply(200, 'success=true;');
    nock(api)
      .get('/Apiv3/json')
      .query((query) => query['Method'] === 'findAll')
      .reply(200, {
        response: {
          status: 1,
          data: { 77: { Conversion: { tune_event_id: 77, adv_unique1: 'ORD1' } } },
        },
      });
    const fate = await deliver({ event: sale, settings: readsBack });
    expect(fate).toMatchObject({ proof: 'read-back', remoteIds: { tuneEventId: '77' } });
    nock(api)
      .get('/Apiv3/json')
      .query((query) => query['Method'] === 'updateStatus' && query['tune_event_id'] === '77')
      .reply(200, done);
    const entries = [told(sale, { transactionId: 'clk123', tuneEventId: '77' })];
    expect(await deliver({ event: refund(4900), settings, entries })).toMatchObject({
      kind: 'delivered',
      proof: 'confirmed',
    });
  });
});

describe('a sale that the network has already, not from us', () => {
  const readsBack = Object.assign(new TuneSettings(), settings, { readBack: true });
  const refuse = () =>
    nock(tracking).get('/aff_lsr').query(true).reply(200, 'success=false; err_msg=Duplicate;');

  it('stays a duplicate to be reviewed: it is not read back', async () => {
    refuse();
    expect(await deliver({ event: sale, settings: readsBack })).toEqual({
      kind: 'duplicate',
      ours: false,
      note: 'Duplicate',
    });
  });

  it('is read back when it may be our own', async () => {
    refuse();
    nock(api)
      .get('/Apiv3/json')
      .query(true)
      .reply(200, {
        response: { status: 1, data: [{ tune_event_id: '77', adv_unique1: 'ORD1' }] },
      });
    expect(await deliver({ event: sale, settings: readsBack, attempt: 2 })).toMatchObject({
      kind: 'delivered',
      proof: 'read-back',
      remoteIds: { tuneEventId: '77' },
    });
  });
});

describe('a refund', () => {
  it('in parts sets the rest of the sale, whatever was set before', async () => {
    const asked: unknown[] = [];
    nock(api)
      .get('/Apiv3/json')
      .query((query) => asked.push(query['data[sale_amount]'] ?? query['data']) > 0)
      .twice()
      .reply(200, done);
    const first = refund(1000, 'evtrefund1');
    await deliver({ event: first, settings, entries: [told(sale, known)] });
    await deliver({ event: refund(500), settings, entries: [told(sale, known), told(first)] });
    expect(JSON.stringify(asked)).toContain('39.00');
    expect(JSON.stringify(asked)).toContain('34.00');
  });

  const list = (...rows: readonly object[]) =>
    nock(api)
      .get('/Apiv3/json')
      .query((query) => query['Method'] === 'findAll')
      .reply(200, { response: { status: 1, data: rows } });

  it('asks which conversion it is about, and changes that one', async () => {
    list(
      { tune_event_id: '77', adv_unique1: 'ORD1:LEAD' },
      { tune_event_id: '78', adv_unique1: 'ORD1' },
    );
    nock(api)
      .get('/Apiv3/json')
      .query((query) => query['Method'] === 'updateStatus' && query['tune_event_id'] === '78')
      .reply(200, done);
    const fate = await deliver({
      event: refund(4900),
      settings,
      entries: [told(lead), told(sale)],
    });
    expect(fate).toMatchObject({ kind: 'delivered', remoteIds: { tuneEventId: '78' } });
  });

  it('changes nothing when the click has only the conversion of another order', async () => {
    list({ tune_event_id: '77', adv_unique1: 'ORD2' });
    const old = { ...sale, occurredAt: '2026-11-20T08:00:00.000Z' };
    expect(await deliver({ event: refund(4900), settings, entries: [told(old)] })).toEqual({
      kind: 'refused',
      reason: 'no conversion of the click has adv_unique1 ORD1: change by hand',
    });
  });

  it.each([
    ['a moment', '2026-11-20T09:59:00.000Z', 'retry'],
    ['an hour', '2026-11-20T09:00:00.000Z', 'refused'],
    ['a day to come', '2026-11-21T10:00:00.000Z', 'refused'],
  ])('of a sale that is %s old and not listed ends as it must', async (_age, occurredAt, kind) => {
    list();
    const entries = [told({ ...sale, occurredAt })];
    expect(await deliver({ event: refund(4900), settings, entries })).toMatchObject({ kind });
  });
});

describe('an adjustment', () => {
  const change = (id: string, cents: number, adjusts = sale.id) =>
    sampleEvent({ id, type: 'ADJUSTMENT', adjusts, revenue: { amount: cents, currency: 'USD' } });
  const asked: unknown[] = [];
  const edit = () =>
    nock(api)
      .get('/Apiv3/json')
      .query((query) => {
        const { sale_amount: amount, status } = (query['data'] ?? {}) as Record<string, string>;
        return Boolean(
          asked.push([query['data[sale_amount]'] ?? amount, query['data[status]'] ?? status]),
        );
      });

  beforeEach(() => {
    asked.length = 0;
  });

  it('sets the first amount with all differences, whatever was set before', async () => {
    edit().twice().reply(200, done);
    const [up, down] = [change('evtup', 500), change('evtdown', -1000)];
    await deliver({ event: up, settings, entries: [told(sale, known)] });
    await deliver({ event: down, settings, entries: [told(sale, known), told(up)] });
    expect(asked).toEqual([
      ['54.00', undefined],
      ['44.00', undefined],
    ]);
  });

  it('of a whole refund that failed gives amount and approval back', async () => {
    edit().reply(200, done);
    const back = refund(4900);
    await deliver({
      event: change('evtfailed', 4900, back.id),
      settings,
      entries: [told(sale, known), told(back)],
    });
    expect(asked).toEqual([['49.00', 'approved']]);
  });
});
