import { Pair, type Json } from './config-kit.js';
import { ADMIN_KEY, until, type Running } from './harness.js';

export const SECRET = 'ledger-secret-0815';

/** One event of a stream of server-sent events. */
export interface Sent {
  readonly event: string;
  readonly id: string;
  readonly data: Json;
}

/** A reader of `GET /api/v1/tail`. */
export class Tail {
  readonly sent: Sent[] = [];
  text = '';
  private constructor(
    readonly response: Response,
    private readonly abort: AbortController,
    readonly ended: Promise<void>,
  ) {}

  static async open(running: Running, query = '', key = ADMIN_KEY, lastId?: string): Promise<Tail> {
    const abort = new AbortController();
    const response = await fetch(`${running.gateway.url}/api/v1/tail${query}`, {
      signal: abort.signal,
      headers: {
        authorization: `Bearer ${key}`,
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
    });
    let done: () => void = () => undefined;
    const tail = new Tail(response, abort, new Promise((resolve) => (done = resolve)));
    if (response.status === 200) void tail.read().finally(done);
    return tail;
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let open = '';
    try {
      for await (const chunk of this.response.body as unknown as AsyncIterable<Uint8Array>) {
        const text = decoder.decode(chunk, { stream: true });
        this.text += text;
        const blocks = `${open}${text}`.split('\n\n');
        open = blocks.pop() ?? '';
        for (const block of blocks) if (block.startsWith('event:')) this.sent.push(parse(block));
      }
    } catch {
      // Closed by the test itself.
    }
  }

  of(event: string, order?: string): Sent[] {
    return this.sent.filter(
      (one) => one.event === event && (order === undefined || one.data['order']?.id === order),
    );
  }

  close(): void {
    this.abort.abort();
  }
}

function parse(block: string): Sent {
  const of = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { event: of('event'), id: of('id'), data: JSON.parse(of('data')) as Json };
}

/** Two gateways with an account, one for tests, three targets and routes between them. */
export async function ledgerPair(): Promise<Pair> {
  const pair = await Pair.start();
  const url = (path: string) => `${pair.partner.url}/${path}`;
  const begun = await pair.api('POST', '/config/apply', {
    accounts: [
      { id: 'shop', source: 'toy', credentials: { secret: SECRET } },
      { id: 'sandbox', source: 'toy', test: true, credentials: { secret: SECRET } },
    ],
    targets: [
      { id: 'tap', target: 'hook', settings: { url: url('tap') } },
      { id: 'bare', target: 'hook', settings: { url: url('bare') } },
      { id: 'trial', target: 'hook', test: true, settings: { url: url('trial') } },
    ],
    offers: [{ id: 'keto', url: 'https://shop.example/?tid={click_id}' }],
    routes: [
      { id: 'all', from: ['shop', 'sandbox'], to: ['tap', 'trial'] },
      { id: 'sales', from: 'shop', to: 'tap', events: ['SALE'] },
      { id: 'refunds', from: 'shop', to: 'bare', events: ['REFUND'] },
      { id: 'keto', from: '*', to: 'bare', offers: ['keto'], events: ['LEAD'] },
      { id: 'other', from: 'filed', to: 'tap' },
    ],
  });
  if (begun.status !== 200) throw new Error(begun.text);
  await pair.settled(begun.json['version'] as number);
  return pair;
}

/** A sale of 49 dollars at one of the two; the event that it became. */
export async function sellAt(
  pair: Pair,
  running: Running,
  order: string,
  more: Json = {},
): Promise<Json> {
  const payload = { type: 'SALE', order, amount: '4900', ...more };
  const { status } = await pair.sell(running, 'shop', payload, SECRET);
  if (status !== 200) throw new Error(`the door answered ${status}`);
  const { json } = await pair.api('GET', `/events?orderId=${encodeURIComponent(order)}`);
  return json['items'][0] as Json;
}

/** The deliveries of an event once so many are there and final. */
export const rowsOf = (pair: Pair, event: string, count: number): Promise<Json[]> =>
  until(
    async () => (await pair.api('GET', `/deliveries?eventId=${event}`)).json['items'] as Json[],
    (found) => found.length === count && found.every((row) => row['settledAt'] !== null),
  );
