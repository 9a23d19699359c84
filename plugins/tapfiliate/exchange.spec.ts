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
import { TapfiliateSettings } from './settings.js';

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
  readonly settings: TapfiliateSettings;
  readonly entries?: readonly HistoryEntry[];
  readonly attempt?: number;
  /** Steps that an earlier try got through. */
  readonly told?: readonly StepAnswer[];
}

/** What a try came to: an outcome, a skip, or nothing known. */
type Fate = Outcome | { readonly skip: string } | 'no-answer';

const goesOn = (outcome: Outcome): boolean =>
  outcome.kind === 'delivered' || outcome.kind === 'duplicate';

const idsOf = (outcome: Outcome): RemoteIds =>
  'remoteIds' in outcome ? (outcome.remoteIds ?? {}) : {};

/** The answer of the look-up that precedes every try but the first; undefined: send. */
async function lookUp(input: Try, history: History): Promise<Fate | undefined> {
  const { event, settings, attempt = 1 } = input;
  const request = attempt > 1 ? plugin.lookup?.build(event, settings, history) : null;
  if (!request) return undefined;
  const answer = await send(request);
  if (!answer) return 'no-answer';
  return plugin.lookup?.found(answer, event, settings) ?? undefined;
}

/**
 * One try of a delivery the way the contract says: look up first (a hit stands for the first step), then step by step,
 * asking build before each, until a plain request or every request of the last list is answered.
 */
async function deliver(input: Try): Promise<Fate> {
  const { event, settings, entries = [], attempt = 1, told: before = [] } = input;
  const now = Date.parse(event.receivedAt) + 1000;
  const steps: StepAnswer[] = [...before];
  let fate: Fate = (await lookUp(input, { entries, steps, now, attempt })) ?? 'no-answer';
  if (typeof fate === 'object' && 'kind' in fate) {
    if (!goesOn(fate)) return fate;
    steps.push({ remoteIds: idsOf(fate) });
  }
  for (;;) {
    const history: History = { entries, steps: [...steps], now, attempt };
    const built = plugin.build(event, settings, history);
    if (isSkip(built)) return steps.length > 0 ? fate : built;
    const request = [built].flat()[steps.length] as HttpRequest | undefined;
    const answer = request && (await send(request));
    if (!request || !answer) return request ? 'no-answer' : fate;
    const sent = { step: steps.length, attempt, mayHaveArrived: attempt > 1, history };
    fate = plugin.classify?.(answer, event, settings, sent) ?? byStatus(answer);
    if (!goesOn(fate) || !Array.isArray(built)) return fate;
    steps.push({ remoteIds: idsOf(fate) });
  }
}

const settings = Object.assign(new TapfiliateSettings(), { apiKey: 'key-1' });
const host = () =>
  nock('https://api.tapfiliate.com', { reqheaders: { 'x-api-key': 'key-1' } }).replyContentLength();

const commission = (id: number, amount: number) => ({
  id,
  amount,
  currency: 'USD',
  approved: null,
});
const conversion = {
  id: 501,
  external_id: 'ORD1',
  amount: 49,
  affiliate: { id: 'aff9' },
  commissions: [commission(9001, 12.25), commission(9002, 2.5)],
};

const sale = sampleEvent();
const refund = (cents: number, id = 'evtrefund') =>
  sampleEvent({
    id,
    type: 'REFUND',
    reverses: sale.id,
    revenue: { amount: cents, currency: 'USD' },
  });
const told = (remoteIds: HistoryEntry['remoteIds'], state = 'delivered'): HistoryEntry => ({
  event: sale,
  state,
  remoteIds,
});

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
  it('is posted with the key, one attribution field and the exact amount', async () => {
    const bodies: unknown[] = [];
    host()
      .post('/1.6/conversions/', (body) => bodies.push(body) > 0)
      .reply(201, conversion);
    const fate = await deliver({ event: sale, settings });
    expect(fate).toMatchObject({ kind: 'delivered', attributed: 'yes' });
    expect(bodies).toEqual([
      expect.objectContaining({ click_id: 'clk123', external_id: 'ORD1', amount: 49 }),
    ]);
  });

  it('is found after a timeout and not posted again', async () => {
    host().post('/1.6/conversions/').delayConnection(60_000).reply(500);
    expect(await deliver({ event: sale, settings })).toBe('no-answer');
    host().get('/1.6/conversions/').query({ external_id: 'ORD1' }).reply(200, [conversion]);
    expect(await deliver({ event: sale, settings, attempt: 2 })).toMatchObject({
      kind: 'delivered',
      proof: 'read-back',
      remoteIds: { conversionId: '501', commissionIds: ['9001', '9002'] },
    });
  });

  it('is posted again, with the same bytes, when the look-up finds nothing', async () => {
    const bodies: string[] = [];
    const keep = (body: unknown) => bodies.push(JSON.stringify(body)) > 0;
    host().post('/1.6/conversions/', keep).reply(500, '<html>oops</html>');
    expect(await deliver({ event: sale, settings })).toMatchObject({ kind: 'retry' });
    host().get('/1.6/conversions/?external_id=ORD1').reply(200, []);
    host().post('/1.6/conversions/', keep).reply(200, conversion);
    expect(await deliver({ event: sale, settings, attempt: 2 })).toMatchObject({
      kind: 'delivered',
      proof: 'confirmed',
    });
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(bodies[0]);
  });

  it('that is refused is asked for once and then refused for good', async () => {
    host().post('/1.6/conversions/').reply(422, { message: 'amount is not valid' });
    expect(await deliver({ event: sale, settings })).toMatchObject({
      kind: 'retry',
      afterMs: 1000,
    });
    host().get('/1.6/conversions/?external_id=ORD1').reply(200, []);
    host().post('/1.6/conversions/').reply(422, { message: 'amount is not valid' });
    expect(await deliver({ event: sale, settings, attempt: 2 })).toEqual({
      kind: 'refused',
      reason: 'HTTP 422: amount is not valid',
    });
  });

  it('that is refused in other words, but is there, counts as delivered', async () => {
    host().post('/1.6/conversions/').reply(422, { message: 'No.' });
    await deliver({ event: sale, settings });
    host().get('/1.6/conversions/?external_id=ORD1').reply(200, [conversion]);
    expect(await deliver({ event: sale, settings, attempt: 2 })).toMatchObject({
      kind: 'delivered',
      proof: 'read-back',
    });
  });

  it('is approved commission by commission when the user wants that', async () => {
    host().post('/1.6/conversions/').reply(201, conversion);
    host().put('/1.6/commissions/9001/approved/').reply(200, { id: 9001, approved: true });
    host().put('/1.6/commissions/9002/approved/').reply(200, { id: 9002, approved: true });
    const eager = Object.assign(new TapfiliateSettings(), { apiKey: 'key-1', autoApprove: true });
    expect(await deliver({ event: sale, settings: eager })).toMatchObject({
      kind: 'delivered',
      proof: 'confirmed',
      remoteIds: { conversionId: '501' },
    });
  });

  describe('to be approved', () => {
    const eager = Object.assign(new TapfiliateSettings(), { apiKey: 'key-1', autoApprove: true });
    const approve = (id: number) => host().put(`/1.6/commissions/${id}/approved/`);
    const find = () => host().get('/1.6/conversions/?external_id=ORD1');

    it('and found by the look-up is not posted again, yet approved', async () => {
      find().reply(200, [conversion]);
      approve(9001).reply(200, { id: 9001, approved: true });
      approve(9002).reply(200, { id: 9002, approved: true });
      expect(await deliver({ event: sale, settings: eager, attempt: 2 })).toMatchObject({
        kind: 'delivered',
        proof: 'confirmed',
        remoteIds: { conversionId: '501', commissionIds: ['9001', '9002'] },
      });
    });

    it('and found without commissions is done with that', async () => {
      find().reply(200, [{ ...conversion, commissions: [] }]);
      expect(await deliver({ event: sale, settings: eager, attempt: 2 })).toMatchObject({
        kind: 'delivered',
        proof: 'read-back',
        attributed: 'no',
      });
    });

    it('and found, although it is unattributed by now, stays found', async () => {
      find().reply(200, [conversion]);
      const event = sampleEvent({ attribution: { clickId: null } });
      expect(await deliver({ event, settings: eager, attempt: 2 })).toMatchObject({
        kind: 'delivered',
        proof: 'read-back',
      });
    });

    it('waits when the look-up cannot say', async () => {
      find().reply(503, '');
      expect(await deliver({ event: sale, settings: eager, attempt: 2 })).toMatchObject({
        kind: 'retry',
      });
    });

    it('goes on after the last approval that got through, without a look-up', async () => {
      approve(9002).reply(200, { id: 9002, approved: true });
      const ids = { conversionId: '501', commissionIds: ['9001', '9002'] };
      const steps = [{ remoteIds: ids }, { remoteIds: ids }];
      expect(
        await deliver({ event: sale, settings: eager, attempt: 2, told: steps }),
      ).toMatchObject({ kind: 'delivered', proof: 'confirmed' });
    });
  });
});

describe('an adjustment', () => {
  const amounts: unknown[] = [];
  const edit = () =>
    host().patch('/1.6/conversions/501/?recalculate_commissions=true', (body) =>
      Boolean(amounts.push((body as { amount: unknown }).amount)),
    );
  const change = (id: string, cents: number, adjusts = sale.id) =>
    sampleEvent({
      id,
      type: 'ADJUSTMENT',
      adjusts,
      revenue: { amount: cents, currency: 'USD' },
    });

  beforeEach(() => {
    amounts.length = 0;
  });

  it('sets the first amount with all differences, also when it is told twice', async () => {
    edit()
      .times(3)
      .reply(200, { ...conversion, amount: 44 });
    const ids = { conversionId: '501' };
    const [up, down] = [change('evtup', 500), change('evtdown', -1000)];
    const edited = { event: up, state: 'delivered', remoteIds: { saleAmount: '5400' } };
    await deliver({ event: up, settings, entries: [told(ids)] });
    await deliver({ event: down, settings, entries: [told(ids), edited] });
    await deliver({ event: down, settings, entries: [told(ids), edited], attempt: 2 });
    expect(amounts).toEqual([54, 44, 44]);
  });

  it('finds the conversion of a sale whose id was never told', async () => {
    host().get('/1.6/conversions/?external_id=ORD1').reply(200, [conversion]);
    edit().reply(200, { ...conversion, amount: 59 });
    const fate = await deliver({
      event: change('evtup', 1000),
      settings,
      entries: [told({}, 'duplicate')],
    });
    expect(fate).toMatchObject({ kind: 'delivered', proof: 'confirmed' });
    expect(amounts).toEqual([59]);
  });

  it('of a whole refund that failed gives amount and approval back', async () => {
    edit().reply(200, conversion);
    host().put('/1.6/commissions/9001/approved/').reply(200, { id: 9001, approved: true });
    host().put('/1.6/commissions/9002/approved/').reply(200, { id: 9002, approved: true });
    const back = refund(4900);
    const fate = await deliver({
      event: change('evtfailed', 4900, back.id),
      settings,
      entries: [told({ conversionId: '501' }), { event: back, state: 'delivered', remoteIds: {} }],
    });
    expect(fate).toMatchObject({ kind: 'delivered', proof: 'confirmed' });
    expect(amounts).toEqual([49]);
  });
});

describe('a refund', () => {
  it('finds the commissions of a sale whose ids were never told, and disapproves each', async () => {
    host().get('/1.6/conversions/?external_id=ORD1').reply(200, [conversion]);
    host().delete('/1.6/commissions/9001/approved/').reply(200, { id: 9001, approved: false });
    host().delete('/1.6/commissions/9002/approved/').reply(200, { id: 9002, approved: false });
    const fate = await deliver({
      event: refund(4900),
      settings,
      entries: [told({}, 'duplicate')],
    });
    expect(fate).toMatchObject({ kind: 'delivered', proof: 'confirmed' });
  });

  it('ends at once when nobody earned from the sale', async () => {
    host()
      .get('/1.6/conversions/?external_id=ORD1')
      .reply(200, [{ ...conversion, commissions: [] }]);
    const fate = await deliver({ event: refund(4900), settings, entries: [told({}, 'duplicate')] });
    expect(fate).toMatchObject({ kind: 'delivered', attributed: 'no' });
  });

  it('in parts computes each part from the first amounts, not from the present ones', async () => {
    const bodies: unknown[] = [];
    const keep = (body: unknown) => bodies.push((body as { amount: unknown }).amount) > 0;
    host().patch('/1.6/commissions/9001/', keep).twice().reply(200, {});
    const ids = {
      conversionId: '501',
      commissionIds: ['9001'],
      commissionAmounts: ['10.00'],
      commissionCurrencies: ['USD'],
    };
    const first = refund(1225, 'evtrefund1');
    await deliver({ event: first, settings, entries: [told(ids)] });
    const second = refund(1225, 'evtrefund2');
    const earlier = { event: first, state: 'delivered', remoteIds: ids };
    await deliver({ event: second, settings, entries: [told(ids), earlier] });
    expect(bodies).toEqual([7.5, 5]);
  });

  it('of a sale that Tapfiliate never got asks nobody', async () => {
    const fate = await deliver({ event: refund(4900), settings, entries: [told({}, 'refused')] });
    expect(fate).toEqual({ skip: 'parent-not-delivered' });
  });
});
