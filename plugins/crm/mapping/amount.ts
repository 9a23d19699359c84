import { currencyCode, minorUnits, money, type EventType, type Money } from '#contract';
import { also, flag, shape, whole, word, type Checked } from '../check.js';
import { paths, pathsOf, scalar, transforms } from '../field.js';
import { valueAt } from '../path.js';
import { given, type Reading } from './reading.js';

const THOUSANDS: Readonly<Record<string, RegExp>> = {
  ',': /^[+-]?\d{1,3}(?:,\d{3})*(?=\D|$)/,
  '.': /^[+-]?\d{1,3}(?:\.\d{3})*(?=\D|$)/,
  "'": /^[+-]?\d{1,3}(?:['’]\d{3})*(?=\D|$)/,
  ' ': /^[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})*(?=\D|$)/,
};

/** How a money value is written on the wire. */
export const amount = also(
  shape(
    { path: paths, unit: word(['major', 'minor']) },
    {
      decimal: word(['.', ',']),
      thousands: word([',', '.', ' ', "'"]),
      minorDigits: whole(0, 4),
      transform: transforms,
      required: flag,
    },
  ),
  (spec) => [
    ...(spec.thousands !== undefined && spec.thousands === (spec.decimal ?? '.')
      ? ['thousands must differ from decimal, e.g. decimal "," with thousands "."']
      : []),
    ...(spec.unit === 'minor' && (spec.decimal ?? spec.thousands) !== undefined
      ? ['decimal and thousands belong to unit "major"; minor units are whole numbers']
      : []),
    ...(spec.unit === 'major' && spec.minorDigits !== undefined
      ? ['minorDigits belongs to unit "minor", e.g. {"unit": "minor", "minorDigits": 2}']
      : []),
  ],
);

export type AmountSpec = Checked<typeof amount>;

/** Types whose money goes back: senders write it with or without a minus sign. */
const BACKWARD: ReadonlySet<EventType> = new Set(['REFUND', 'CHARGEBACK', 'CANCELED']);

/** Types that mean nothing without the `amount` that the mapping names. A refund without one is a full refund. */
const NEEDED: ReadonlySet<EventType> = new Set(['SALE', 'REBILL']);

/** Decimal text with a point and without separators, or undefined when the grouping is not what was declared. */
function plainDecimal(text: string, spec: AmountSpec): string | undefined {
  const point = spec.decimal ?? '.';
  const groups = spec.thousands === undefined ? undefined : THOUSANDS[spec.thousands];
  const grouped = groups?.exec(text)?.[0];
  const whole = grouped === undefined ? text : grouped.replace(/[,.'’ \u00a0\u202f]/g, '');
  const rest = grouped === undefined ? '' : text.slice(grouped.length);
  const joined = whole + rest;
  if (point === '.') return joined;
  return joined.includes('.') ? undefined : joined.replace(',', '.');
}

/**
 * A JSON number of this size may already have lost its cents when it was parsed (a double has 15 sure digits), so
 * it is refused; the same amount sent as text is exact.
 */
const UNSURE = 1e15;

const unsure = (raw: unknown, value: Money): boolean =>
  typeof raw === 'number' && !Number.isInteger(raw) && value.amount >= UNSURE;

/** The raw value behind a found amount: a JSON number is written with a point whatever the mapping says of texts. */
const rawOf = (reading: Reading, spec: AmountSpec): unknown =>
  [spec.path]
    .flat()
    .map((one) => valueAt(reading.scope, one))
    .find((one) => scalar(one) !== undefined);

function convert(
  raw: unknown,
  text: string,
  currency: string,
  spec: AmountSpec,
): Money | undefined {
  if (spec.unit === 'minor') return minorUnits(text, currency, spec.minorDigits);
  const plain = typeof raw === 'number' ? text : plainDecimal(text, spec);
  const value = plain === undefined ? undefined : money(plain, currency);
  return value && unsure(raw, value) ? undefined : value;
}

/**
 * Money of one record in minor units, never through a float. Problems (missing, unreadable, negative, no currency)
 * go to the reading; undefined when there is none to report.
 */
export function moneyOf(
  reading: Reading,
  name: string,
  spec: AmountSpec | undefined,
  currency: string | undefined,
  type: EventType,
): Money | undefined {
  if (!spec) return undefined;
  const text = given(reading, {
    path: spec.path,
    ...(spec.transform ? { transform: spec.transform } : {}),
  });
  const where = `${name}: ${pathsOf(spec.path)}`;
  if (text === undefined) {
    if (spec.required ?? (name === 'amount' && NEEDED.has(type)))
      reading.problem(`${where} found no amount`);
    return undefined;
  }
  const code = currencyCode(currency);
  if (!code)
    return reading.problem(
      `${where} has no ISO 4217 currency; map currency or set defaultCurrency`,
    );
  const value = convert(rawOf(reading, spec), text, code, spec);
  if (!value) {
    return reading.problem(
      `${where} is not an amount in ${spec.unit} units of ${code} as the mapping declares it`,
    );
  }
  if (text.startsWith('-') && value.amount !== 0 && !BACKWARD.has(type)) {
    return reading.problem(`${where} is negative, which ${type} must not be`);
  }
  return value;
}
