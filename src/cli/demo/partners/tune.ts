import { PartnerServer, json, type Asked, type Reply } from './partner-server.js';

/** One conversion as the network keeps it. Amounts are decimal text: TUNE counts in the offer's currency. */
export interface TuneConversion {
  readonly eventId: string;
  readonly transaction: string;
  readonly goal: string;
  /** `adv_unique1`: the order by its name. */
  readonly order: string;
  amount: string;
  status: 'approved' | 'rejected' | 'pending';
  repeats: number;
}

const TAKEN: Reply = { status: 200, type: 'text', body: 'success=true;' };
const refused = (message: string): Reply => ({
  status: 200,
  type: 'text',
  body: `success=false; err_msg=${message};`,
});

const envelope = (inner: object): Reply =>
  json(200, { request: { Target: 'Conversion', Format: 'json' }, response: inner });
const done = (data: unknown): Reply =>
  envelope({ status: 1, httpStatus: 200, data, errors: [], errorMessage: null });
const failed = (message: string): Reply =>
  envelope({
    status: -1,
    httpStatus: 200,
    data: '',
    errors: [{ publicMessage: message }],
    errorMessage: message,
  });

const statusOf = (text: string | null): TuneConversion['status'] | undefined =>
  (['approved', 'rejected', 'pending'] as const).find((one) => one === text);

/**
 * Answers as TUNE (HasOffers) does: the tracking host in `key=value;` lists with HTTP 200 whatever happens, the network
 * API in an envelope that carries its errors in HTTP 200 too (support.tune.com, developers.tune.com).
 */
export class Tune extends PartnerServer {
  readonly books: TuneConversion[] = [];

  constructor(
    readonly securityToken: string,
    readonly networkToken: string,
    private readonly strangeClicks: ReadonlySet<string>,
  ) {
    super();
  }

  protected answer({ path, query }: Asked): Reply {
    const [first] = path;
    if (first === 'aff_lsr' || first === 'aff_goal') return this.postback(query);
    if (first === 'Apiv3') return this.api(query);
    return { status: 404, type: 'html', body: '<h1>Not Found</h1>' };
  }

  private postback(query: URLSearchParams): Reply {
    const transaction = query.get('transaction_id') ?? '';
    if (query.get('security_token') !== this.securityToken)
      return refused('Invalid security token');
    if (transaction === '' || this.strangeClicks.has(transaction)) {
      return refused(`Invalid Trans. ID #${transaction}.`);
    }
    const order = query.get('adv_unique1') ?? '';
    const goal = query.get('goal_id') ?? '0';
    const unique = query.get('conversion_unique_id');
    const twin = this.books.find((one) =>
      unique === null ? one.transaction === transaction && one.goal === goal : one.order === unique,
    );
    if (twin) {
      twin.repeats += 1;
      return refused('Duplicate conversion for this transaction');
    }
    this.books.push({
      eventId: `ho-${this.books.length + 501}`,
      transaction,
      goal,
      order,
      amount: query.get('amount') ?? '0.00',
      status: 'approved',
      repeats: 0,
    });
    return TAKEN;
  }

  private api(query: URLSearchParams): Reply {
    if (query.get('NetworkToken') !== this.networkToken) {
      return failed('NetworkToken is not authenticated');
    }
    if (query.get('Target') !== 'Conversion') return failed('Unknown target');
    switch (query.get('Method') ?? '') {
      case 'findAll':
        return done(this.list(query.get('filters[ad_id]')));
      case 'updateStatus':
        return this.change(query, query.get('status'), null);
      case 'update':
        return this.change(query, query.get('data[status]'), query.get('data[sale_amount]'));
      default:
        return failed('Unknown method');
    }
  }

  private list(transaction: string | null): object {
    const found = this.books.filter((one) => one.transaction === transaction);
    const rows = found.map((one) => ({
      Conversion: {
        tune_event_id: one.eventId,
        ad_id: one.transaction,
        adv_unique1: one.order,
        sale_amount: one.amount,
        status: one.status,
      },
    }));
    return { page: 1, current: rows.length, count: rows.length, pageCount: 1, data: rows };
  }

  private change(query: URLSearchParams, status: string | null, amount: string | null): Reply {
    const [id, transaction] = [query.get('tune_event_id'), query.get('transaction_id')];
    const found = this.books.find((one) =>
      id === null ? one.transaction === transaction : one.eventId === id,
    );
    if (!found) return failed('Row with this id does not exist');
    found.status = statusOf(status) ?? found.status;
    found.amount = amount ?? found.amount;
    return done(true);
  }
}
