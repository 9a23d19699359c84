import { currencyCode } from '#contract';
import { suggestion } from '../platform/config/index.js';
import type { Offer, Programme } from './model.js';
import { plainHttpFault, type PlainHttpPolicy } from './outbound-url.js';
import type { Members, Reading } from './reading.js';
import { idsOf } from './read-accounts.js';

const OFFER = ['id', 'url', 'fallbackUrl', 'programme'];
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
  const fault = plainHttpFault(text, policy);
  return fault ? reading.fault(path, fault.rule, URL_EXAMPLE) : text;
}

function readOffer(
  reading: Reading,
  members: Members,
  path: string,
  programmes: readonly string[],
  policy: PlainHttpPolicy,
): Offer | undefined {
  const id = reading.id(members['id'], `${path}.id`, 'keto');
  const url = readUrl(reading, members['url'], `${path}.url`, policy, true);
  const fallbackUrl = readUrl(
    reading,
    members['fallbackUrl'],
    `${path}.fallbackUrl`,
    policy,
    false,
  );
  const programme = reading.text(members['programme'], `${path}.programme`);
  if (programme !== undefined && !programmes.includes(programme)) {
    const rule = `names the unknown programme "${programme}"; ${suggestion(programme, programmes)}`;
    reading.fault(`${path}.programme`, rule);
  }
  if (id === undefined || url === undefined) return undefined;
  return { id, url, fallbackUrl: fallbackUrl ?? null, programme: programme ?? null };
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

/** Reads `offers` and `programmes`. */
export function readOffers(
  reading: Reading,
  root: Members,
  policy: PlainHttpPolicy,
): { readonly offers: readonly Offer[]; readonly programmes: readonly Programme[] } {
  const rules = section(reading, root['programmes'], 'programmes', PROGRAMME);
  const offers = section(reading, root['offers'], 'offers', OFFER);
  const known = idsOf(rules).filter((id) => id !== undefined);
  return {
    programmes: rules.flatMap(
      (members, index) => readProgramme(reading, members, `programmes[${index}]`) ?? [],
    ),
    offers: offers.flatMap(
      (members, index) => readOffer(reading, members, `offers[${index}]`, known, policy) ?? [],
    ),
  };
}
