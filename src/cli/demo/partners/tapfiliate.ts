import { createHash } from 'node:crypto';
import { decimal, isRecord, money, text, textAt, type Money } from '../../../contract/index.js';
import { json, PartnerServer, type Asked, type Reply } from './partner-server.js';
import { TapfiliateBooks, type Commission, type Conversion } from './tapfiliate-books.js';

type Fields = Readonly<Record<string, unknown>>;

const page = (status: number, title: string): Reply => ({
  status,
  type: 'html',
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

const number = (amount: Money): number => Number(decimal(amount));

const shownCommission = (one: Commission): object => ({
  id: one.id,
  amount: number(one.amount),
  currency: one.amount.currency,
  commission_type: 'standard',
  approved: one.approved,
  kind: 'regular',
  comment: one.comment,
  payout: null,
  final: null,
});

const shown = (one: Conversion): object => ({
  id: one.id,
  external_id: one.externalId,
  amount: number(one.amount),
  click: { created_at: '2026-11-19T09:00:00+00:00', referrer: null, landing_page: null },
  commissions: one.commissions.map(shownCommission),
  program: { id: 'demo', title: 'Demo programme', currency: one.amount.currency },
  affiliate: { id: 'ada-sample', firstname: 'Ada', lastname: 'Sample' },
  customer: null,
  // An empty PHP map.
  meta_data: one.eventId === null ? [] : { event_id: one.eventId },
  affiliate_meta_data: [],
  warnings: null,
});

/**
 * Answers as Tapfiliate's REST API 1.6 does (tapfiliate.com/docs/rest): JSON without an envelope, 401 in JSON for a
 * wrong key and as a page for a missing one, 400 for an unknown click, 409 for an external_id that is taken.
 */
export class Tapfiliate extends PartnerServer {
  readonly books = new TapfiliateBooks();

  constructor(
    readonly apiKey: string,
    private readonly strangeClicks: ReadonlySet<string>,
  ) {
    super();
  }

  protected answer(asked: Asked): Reply {
    const key = asked.headers['x-api-key'];
    if (key === undefined || key === '') return page(401, 'Unauthorized');
    if (key !== this.apiKey) {
      return json(401, { message: 'Authentication Failed.', code: 401 });
    }
    const fields = fieldsOf(asked.body);
    if (fields === undefined) return json(400, { errors: [{ message: 'Malformed JSON.' }] });
    const [version, collection] = asked.path;
    if (version === '1.6' && collection === 'clicks') return this.click(asked, fields);
    if (version === '1.6' && collection === 'conversions') return this.conversion(asked, fields);
    if (version === '1.6' && collection === 'commissions') return this.commission(asked, fields);
    return page(404, 'Page not found');
  }

  private click({ method }: Asked, fields: Fields): Reply {
    const code = textAt(fields, 'referral_code');
    if (method !== 'POST') return json(403, { message: 'Access denied.' });
    if (code === undefined) return json(400, { errors: [{ message: 'referral_code: missing' }] });
    const hex = createHash('md5').update(`${code}:${this.books.clicks.length}`).digest('hex');
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const eventId = textAt(fields, 'meta_data.event_id') ?? null;
    this.books.clicks.push({ id, referralCode: code, eventId });
    return json(200, { id });
  }

  private conversion({ method, path, query }: Asked, fields: Fields): Reply {
    const [, , id, part] = path;
    if (id === undefined && method === 'GET') {
      const found = this.books.named(query.get('external_id'));
      return json(200, found ? [shown(found)] : []);
    }
    if (id === undefined) return this.create(fields);
    const found = this.books.byId(id);
    if (!found) return json(404, { message: 'Conversion not found.' });
    if (part === 'commissions') return this.further(found, fields);
    if (method === 'PATCH') return this.edit(found, fields);
    return json(200, shown(found));
  }

  private create(fields: Fields): Reply {
    const click = textAt(fields, 'click_id');
    if (click !== undefined && this.strangeClicks.has(click)) {
      return json(400, { errors: [{ message: 'The click could not be found.' }] });
    }
    const externalId = textAt(fields, 'external_id') ?? '';
    const taken = this.books.named(externalId);
    if (taken) {
      taken.repeats += 1;
      return json(409, { errors: [{ message: `external_id ${externalId} already exists.` }] });
    }
    const amount = money(text(fields['amount']), textAt(fields, 'currency') ?? 'USD');
    if (!amount) return json(400, { errors: [{ message: 'amount: not a number' }] });
    const eventId = textAt(fields, 'meta_data.event_id') ?? null;
    return json(200, shown(this.books.add(externalId, eventId, amount)));
  }

  private further(to: Conversion, fields: Fields): Reply {
    const of = money(text(fields['conversion_sub_amount']), to.amount.currency);
    if (!of) return json(400, { errors: [{ message: 'conversion_sub_amount: missing' }] });
    const comment = textAt(fields, 'comment') ?? null;
    return json(200, [shownCommission(this.books.addCommission(to, of, comment))]);
  }

  private edit(one: Conversion, fields: Fields): Reply {
    const amount = money(text(fields['amount']), one.amount.currency);
    if (amount) one.amount = amount;
    return json(200, shown(one));
  }

  private commission({ method, path }: Asked, fields: Fields): Reply {
    const [, , id, part] = path;
    const found = this.books.commission(id);
    if (!found) return json(404, { message: 'Commission not found.' });
    if (part === 'approved') found.approved = method !== 'DELETE';
    else if (method === 'PATCH') {
      found.amount = money(text(fields['amount']), found.amount.currency) ?? found.amount;
      found.comment = textAt(fields, 'comment') ?? found.comment;
    }
    return json(200, shownCommission(found));
  }
}

function fieldsOf(body: string): Fields | undefined {
  if (body === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
