import { identifier, parseForm, parseFormText, type Parsed } from '#contract';

/** One call of either feed: the vendor's IPN (form POST) or the affiliate's postback (GET with macros). */
export interface BuyGoodsMessage {
  readonly feed: 'ipn' | 'postback';
  readonly fields: Fields;
}

/** Fields by name. BuyGoods posts some names twice (`account_id`, `aff_id`, `product_id` …): the first one counts. */
export type Fields = Readonly<Record<string, string>>;

/** What both `verify` and `reopen` have in hand. */
interface Call {
  readonly method: string;
  readonly query: string;
  readonly body: Buffer;
}

/** A GET is the postback and speaks through its query; everything else is the IPN, whose query is not read. */
export function readMessage({ method, query, body }: Call): Parsed<BuyGoodsMessage> {
  const feed = method === 'GET' ? 'postback' : 'ipn';
  const form = feed === 'postback' ? parseFormText(query) : parseForm(body);
  if (!form.ok) return form;
  return { ok: true, value: { feed, fields: Object.fromEntries(form.value.toReversed()) } };
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** Text fields arrive with HTML entities (`&#36;` for the dollar sign); one layer is taken off, what is unknown stays. */
export const unescapeText = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,5})|(amp|lt|gt|quot));/g,
    (all: string, code?: string, name?: string) => {
      if (name !== undefined) return NAMED[name] ?? all;
      const point = Number(code);
      return point >= 0x20 && point < 0xd800 ? String.fromCodePoint(point) : all;
    },
  );

/** A field as an identifier: entities resolved; blanks and macros that nobody replaced (`{SUBID}`) are no value. */
export const valueOf = (fields: Fields, name: string): string | undefined =>
  identifier(unescapeText(fields[name] ?? ''));

const LONGEST = 64;

/** A number or code that the network gave; real ones are short, so longer texts are none. */
export function networkId(fields: Fields, name: string): string | undefined {
  const id = valueOf(fields, name);
  return id !== undefined && id.length <= LONGEST ? id : undefined;
}

/** A field as a small-letter word, empty when missing. */
export const wordOf = (fields: Fields, name: string): string =>
  (valueOf(fields, name) ?? '').toLowerCase();

/** `1` is what BuyGoods sends; the other spellings come from hand-written URLs. */
export const isSet = (fields: Fields, name: string): boolean =>
  ['1', 'true', 'yes'].includes(wordOf(fields, name));
