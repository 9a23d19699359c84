import { strictBase64, strictHex } from '#contract';
import {
  also,
  listOf,
  scalarValue,
  shape,
  tagged,
  text,
  whole,
  word,
  type Checked,
} from '../check.js';
import { QUERY_SECRETS } from '../document.js';
import { path } from '../field.js';
import { readPublicKey } from './public-key.js';
import { parts, templateFaults } from './template.js';

/** 128 bits: 32 hex digits, or 22 characters of the URL-safe alphabet; and not one character over and over. */
const tokenRule = (value: string): string | undefined => {
  const long = /^[0-9a-fA-F]+$/.test(value) ? value.length >= 32 : value.length >= 22;
  return /^[A-Za-z0-9_-]+$/.test(value) && long && new Set(value).size >= 8
    ? undefined
    : 'must be a random token of at least 128 bits from A-Z a-z 0-9 _ -, e.g. 32 random hex digits (openssl rand -hex 16)';
};

const atLeast = (length: number) => (value: string) =>
  value.length >= length && value.trim() === value
    ? undefined
    : `must have at least ${length} characters and no white space around it`;

const headerName = text((value) =>
  /^[a-z0-9!#$%&'*+.^_`|~-]+$/i.test(value)
    ? undefined
    : 'must be the name of a header, e.g. "x-signature"',
);

const publicUrl = text((value) =>
  /^https?:\/\/[^\s#]+$/.test(value) && URL.canParse(value)
    ? undefined
    : 'must be the URL as typed at the sender, e.g. "https://hooks.example/in/crm/shop"',
);

const base64Key = text((value) => {
  const bytes = strictBase64(value.replace(/^whsec_/, ''))?.length ?? 0;
  return bytes >= 16 && bytes <= 64
    ? undefined
    : 'must be the whsec_… text: base64 of 24 to 64 random bytes';
});

const hexKey = text((value) =>
  (strictHex(value)?.length ?? 0) >= 16
    ? undefined
    : 'must be the hex text the sender shows, at least 32 hex digits',
);

const staticSecret = text(atLeast(12));
const signingSecret = text(atLeast(8));
const toleranceSec = whole(1, 259_200);

/** Members that every preset may add: a second and third lock, and fields that must name our own account. */
const extra = {
  pathToken: text(tokenRule),
  requiredHeader: shape({ name: headerName, value: text(atLeast(8)) }, {}),
  expect: listOf(shape({ path, equals: scalarValue }, {}), 10),
};

const signedExtra = {
  ...extra,
  header: headerName,
  prefix: text(),
  split: word([' ', ',', ';']),
  pairs: shape({ timestamp: text(), signature: text() }, { separator: word([',', ';', ' ']) }),
  template: parts,
  separator: text(),
  idHeader: headerName,
  tsHeader: headerName,
  tsUnit: word(['s', 'ms']),
  toleranceSec,
  publicUrl,
};

const plainSecret = <const P extends string>(preset: P) =>
  shape({ preset: word([preset]), secret: signingSecret }, extra);

const timedSecret = <const P extends string>(preset: P) =>
  shape({ preset: word([preset]), secret: signingSecret }, { ...extra, toleranceSec });

const keyFaults = (spec: { readonly secret: string; readonly key?: string }): readonly string[] => {
  if (spec.key === 'hex' && !strictHex(spec.secret))
    return ['secret must be hex digits, because key is "hex"'];
  return spec.key === 'base64' && !strictBase64(spec.secret)
    ? ['secret must be padded base64, because key is "base64"']
    : [];
};

const hmacShape = also(
  shape(
    { preset: word(['hmac']), secret: signingSecret, header: headerName },
    {
      ...signedExtra,
      alg: word(['sha256', 'sha1', 'sha512']),
      key: word(['utf8', 'hex', 'base64']),
      encoding: word(['hex', 'base64']),
    },
  ),
  (spec) => [...keyFaults(spec), ...templateFaults(spec)],
);

const publicKey = text((value) =>
  readPublicKey(value)
    ? undefined
    : 'must be an Ed25519 public key: PEM, or SPKI in base64 (begins with MCowBQYDK2Vw)',
);

const ed25519Shape = also(
  shape(
    { preset: word(['ed25519']), publicKey, header: headerName },
    { ...signedExtra, encoding: word(['hex', 'base64']) },
  ),
  templateFaults,
);

const usernameText = text((value) => (value.includes(':') ? 'must not hold a colon' : undefined));

/** Names in a POST's query: never part of the document. */
const queryName = word([...QUERY_SECRETS, 'code', 'key', 'token']);

/** Every verifier preset. There is none without a proof: an open endpoint would let anybody invent sales. */
export const PRESETS = {
  'secret-url': shape({ preset: word(['secret-url']), pathToken: extra.pathToken }, extra),
  basic: shape(
    { preset: word(['basic']), username: usernameText, password: text(atLeast(8)) },
    extra,
  ),
  bearer: shape({ preset: word(['bearer']), secret: staticSecret }, extra),
  header: shape({ preset: word(['header']), header: headerName, secret: staticSecret }, extra),
  query: shape({ preset: word(['query']), parameter: queryName, secret: staticSecret }, extra),
  hmac: hmacShape,
  ed25519: ed25519Shape,
  'standard-webhooks': shape(
    { preset: word(['standard-webhooks']), secret: base64Key },
    { ...extra, headerPrefix: word(['webhook', 'svix']), toleranceSec },
  ),
  close: shape({ preset: word(['close']), secret: hexKey }, { ...extra, toleranceSec }),
  calendly: timedSecret('calendly'),
  slack: timedSecret('slack'),
  typeform: plainSecret('typeform'),
  github: plainSecret('github'),
  woocommerce: plainSecret('woocommerce'),
  shopify: plainSecret('shopify'),
  'hubspot-v3': shape(
    { preset: word(['hubspot-v3']), secret: signingSecret },
    { ...extra, publicUrl, toleranceSec },
  ),
};

/** The credential `verifier`: how one sender proves itself. */
export const verifier = tagged('preset', PRESETS);

export type Verifier = Checked<typeof verifier>;
export type HmacVerifier = Checked<typeof hmacShape>;
export type Ed25519Verifier = Checked<typeof ed25519Shape>;
