import type { Wanted } from './arguments.js';
import { json } from './names.js';
import type { Files } from './new-command.js';

const URL_SAMPLE = 'https://partner.example/conversions';
const KEY = 'sample-key-not-a-real-one';

/** The sample event of the suite, as the new target tells it. */
const told = (type: string): Readonly<Record<string, string>> => ({
  click_id: 'clk123',
  transaction_id: 'evt0000000000000000000000000',
  order_id: 'ORD1',
  event: type.toLowerCase(),
  payout: '24.50',
  currency: 'USD',
});

function request(method: Wanted['method'], values: Readonly<Record<string, string>>): object {
  if (method === 'GET') {
    const query = new URLSearchParams({ ...values, api_key: KEY });
    return { method, url: `${URL_SAMPLE}?${query.toString()}` };
  }
  return {
    method,
    url: URL_SAMPLE,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify(values),
  };
}

const RESPONSES = [
  {
    name: 'recorded',
    status: 200,
    body: '{"id":"C1"}',
    outcome: {
      kind: 'delivered',
      proof: 'confirmed',
      attributed: 'yes',
      remoteIds: { conversion: 'C1' },
    },
  },
  {
    name: 'empty body',
    status: 204,
    body: '',
    outcome: { kind: 'delivered', proof: 'accepted', attributed: 'unknown' },
  },
  {
    name: 'a refusal dressed as success',
    status: 200,
    body: '{"error":"unknown click"}',
    outcome: { kind: 'refused', reason: 'unknown click' },
  },
  { name: 'wrong key', status: 401, body: '', outcome: { kind: 'misconfigured', who: 'HTTP 401' } },
  {
    name: 'too fast',
    status: 429,
    headers: { 'retry-after': '30' },
    body: '',
    outcome: { kind: 'retry', afterMs: 30000, note: 'HTTP 429' },
  },
];

/** The fixtures of a new target. */
export function targetFixtures({ method }: Wanted): Files {
  const { payout: _payout, currency: _currency, ...unpaid } = told('LEAD');
  return {
    'fixtures/settings.json': json({ url: URL_SAMPLE, apiKey: KEY }),
    'fixtures/sale/event.json': json({ type: 'SALE' }),
    'fixtures/sale/request.json': json(request(method, told('SALE'))),
    'fixtures/sale/responses.json': json(RESPONSES),
    'fixtures/refund/event.json': json({ type: 'REFUND' }),
    'fixtures/refund/request.json': json(request(method, told('REFUND'))),
    'fixtures/lead-without-payout/event.json': json({ type: 'LEAD', revenue: null, payout: null }),
    'fixtures/lead-without-payout/request.json': json(request(method, unpaid)),
    'fixtures/no-click/event.json': json({ attribution: { clickId: null, how: 'none' } }),
    'fixtures/no-click/request.json': json({ skip: 'no-attribution' }),
  };
}
