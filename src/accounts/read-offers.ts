import { compact, currencyCode, isRecord, money, type Money } from '#contract';
import { suggestion } from '../platform/config/index.js';
import type { Account, Offer, Programme } from './model.js';
import { offerUrlFault } from './offer-url.js';
import { plainHttpFault, type PlainHttpPolicy } from './outbound-url.js';
import type { Members, Reading } from './reading.js';
import { idsOf } from './read-accounts.js';
import { readTime } from './read-time.js';

const OFFER = [
  'id',
  'url',
  'fallbackUrl',
  'programme',
  'account',
  'cookie',
  'endsAt',
  'payout',
  'currency',
];
const PROGRAMME = ['id', 'model', 'baseCurrency', 'windowDays', 'onePerClick'];
const URL_EXAMPLE = 'https://shop.example/?tid={click_id}';

/** The redirect goes there: a macro in the host would let a visitor choose it (an open redirect). */
function readUrl(
  reading: Reading,
  value: unknown,
  path: string,
  policy: PlainHttpPolicy,
  required: boolean,
): string | undefined {
  const text = reading.text(value, path, { required, example: URL_EXAMPLE });
  if (text === undefined) return undefined;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1];
  if (!authority || !URL.canParse(text))
    return reading.fault(path, 'must be an absolute https:// URL', URL_EXAMPLE);
  if (/[{}@]/.test(authority)) {
    return reading.fault(
      path,
      'must not hold a macro, user or password before the path',
      URL_EXAMPLE,
    );
  }
  const unknown = offerUrlFault(text);
  if (unknown !== undefined) return reading.fault(path, unknown, URL_EXAMPLE);
  const fault = plainHttpFault(text, policy);
  return fault ? reading.fault(path, fault.rule, URL_EXAMPLE) : text;
}

/** Clicks become events of an account that reads them: one of our own source `track`. */
function readOfferAccount(
  reading: Reading,
  value: unknown,
  path: string,
  accounts: readonly Account[],
): string | undefined {
  const id = reading.text(value, path);
  if (id === undefined) return undefined;
  const able = accounts.filter(({ source }) => source.name === 'track').map((one) => one.id);
  if (able.includes(id)) return id;
  const rule =
    able.length === 0
      ? 'needs an account whose source is track'
      : `names no account of the source track; ${suggestion(id, able)}`;
  return reading.fault(path, rule);
}

/** Decimal text in the currency of the offer, else of its programme. */
function readPayout(
  reading: Reading,
  members: Members,
  path: string,
  programme: Programme | undefined,
): Money | undefined {
  const amount = reading.text(members['payout'], `${path}.payout`);
  const own = reading.text(members['currency'], `${path}.currency`);
  const currency = own ?? programme?.baseCurrency ?? 'USD';
  if (currencyCode(currency) === undefined)
    return reading.fault(`${path}.currency`, 'must be an ISO 4217 code', 'USD');
  if (amount === undefined) return undefined;
  const read = amount.startsWith('-') ? undefined : money(amount, currency);
  return read ?? reading.fault(`${path}.payout`, `must be an amount of ${currency}`, '25.00');
}

/** What the readers of offers look things up in. */
interface Known {
  readonly programmes: readonly string[];
  readonly read: readonly Programme[];
  readonly accounts: readonly Account[];
  readonly policy: PlainHttpPolicy;
}

function readOffer(
  reading: Reading,
  members: Members,
  path: string,
  { programmes, read, accounts, policy }: Known,
): Offer | undefined {
  const at = (name: string): string => `${path}.${name}`;
  const id = reading.id(members['id'], at('id'), 'keto');
  const url = readUrl(reading, members['url'], at('url'), policy, true);
  const fallback = readUrl(reading, members['fallbackUrl'], at('fallbackUrl'), policy, false);
  const programme = reading.text(members['programme'], at('programme'));
  if (programme !== undefined && !programmes.includes(programme)) {
    const rule = `names the unknown programme "${programme}"; ${suggestion(programme, programmes)}`;
    reading.fault(at('programme'), rule);
  }
  const rules = read.find((one) => one.id === programme);
  const more = compact({
    account: readOfferAccount(reading, members['account'], at('account'), accounts),
    cookie: reading.flag(members['cookie'], at('cookie'), false) || undefined,
    endsAt: readTime(reading, members['endsAt'], at('endsAt')),
    payout: readPayout(reading, members, path, rules),
  });
  if (id === undefined || url === undefined) return undefined;
  return { id, url, fallbackUrl: fallback ?? null, programme: programme ?? null, ...more };
}

function readProgramme(reading: Reading, members: Members, path: string): Programme | undefined {
  const id = reading.id(members['id'], `${path}.id`, 'main');
  const model = reading.choice(members['model'], `${path}.model`, ['last-touch', 'first-touch']);
  const currency = reading.text(members['baseCurrency'], `${path}.baseCurrency`) ?? 'USD';
  const baseCurrency = currencyCode(currency);
  if (baseCurrency === undefined)
    reading.fault(`${path}.baseCurrency`, 'must be an ISO 4217 code', 'USD');
  const window = { min: 1, max: 3650, whole: true, example: '30' };
  const windowDays = reading.number(members['windowDays'], `${path}.windowDays`, window) ?? 30;
  const onePerClick = reading.flag(members['onePerClick'], `${path}.onePerClick`, false);
  if (id === undefined || baseCurrency === undefined) return undefined;
  return { id, model: model ?? 'last-touch', baseCurrency, windowDays, onePerClick };
}

const section = (
  reading: Reading,
  value: unknown,
  name: string,
  known: string[],
): readonly Members[] => {
  const items = reading
    .list(value, name)
    .map((item, index) => reading.map(item, `${name}[${index}]`, known));
  reading.unique(idsOf(items), (index) => `${name}[${index}].id`);
  return items;
};

/** Accounts name programmes that exist, or `none`. */
function checkAccounts(reading: Reading, accounts: unknown, ids: readonly string[]): void {
  const items: readonly unknown[] = Array.isArray(accounts) ? accounts : [];
  items.forEach((item, index) => {
    const programme = isRecord(item) ? item['programme'] : undefined;
    if (typeof programme !== 'string' || programme === 'none' || ids.includes(programme)) return;
    const rule = `names the unknown programme "${programme}"; ${suggestion(programme, [...ids, 'none'])}`;
    reading.fault(`accounts[${index}].programme`, rule);
  });
}

/** Reads `offers` and `programmes`, and whether the accounts name programmes that exist. */
export function readOffers(
  reading: Reading,
  root: Members,
  policy: PlainHttpPolicy,
  accounts: readonly Account[] = [],
): { readonly offers: readonly Offer[]; readonly programmes: readonly Programme[] } {
  const rules = section(reading, root['programmes'], 'programmes', PROGRAMME);
  const offers = section(reading, root['offers'], 'offers', OFFER);
  const ids = idsOf(rules).filter((id) => id !== undefined);
  const read = rules.flatMap(
    (members, index) => readProgramme(reading, members, `programmes[${index}]`) ?? [],
  );
  checkAccounts(reading, root['accounts'], ids);
  const known = { programmes: ids, read, accounts, policy };
  return {
    programmes: read,
    offers: offers.flatMap(
      (members, index) => readOffer(reading, members, `offers[${index}]`, known) ?? [],
    ),
  };
}
