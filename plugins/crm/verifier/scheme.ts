import type { KeyObject } from 'node:crypto';
import { strictBase64, strictHex } from '#contract';
import { readPublicKey } from './public-key.js';
import type { Ed25519Verifier, HmacVerifier, Verifier } from './shape.js';

/** A signature scheme with every choice made; the presets differ in nothing but these values. */
export interface Scheme {
  readonly proof:
    | { readonly kind: 'hmac'; readonly alg: 'sha256' | 'sha1' | 'sha512'; readonly key: Buffer }
    | { readonly kind: 'ed25519'; readonly key: KeyObject };
  readonly encoding: 'hex' | 'base64';
  readonly header: string;
  readonly prefix: string;
  /** Separates several signatures in one header; '' when there is only one. */
  readonly split: string;
  readonly pairs:
    | { readonly timestamp: string; readonly signature: string; readonly separator: string }
    | undefined;
  readonly template: readonly string[];
  readonly separator: string;
  readonly idHeader: string | undefined;
  readonly tsHeader: string | undefined;
  readonly tsUnit: 's' | 'ms';
  readonly toleranceSec: number;
  readonly publicUrl: string | undefined;
}

const DEFAULT_TOLERANCE_SEC = 300;

const base = {
  encoding: 'hex',
  prefix: '',
  split: '',
  pairs: undefined,
  template: ['body'],
  separator: '',
  idHeader: undefined,
  tsHeader: undefined,
  tsUnit: 's',
  toleranceSec: DEFAULT_TOLERANCE_SEC,
  publicUrl: undefined,
} as const satisfies Omit<Scheme, 'proof' | 'header'>;

const keyed = (
  key: Buffer | undefined,
  alg: 'sha256' | 'sha1' | 'sha512' = 'sha256',
): Scheme['proof'] | undefined => (key && key.length > 0 ? { kind: 'hmac', alg, key } : undefined);

const utf8 = (secret: string): Buffer => Buffer.from(secret, 'utf8');

const KEY_BYTES = { utf8, hex: strictHex, base64: strictBase64 };

/** The spelled-out scheme of the presets `hmac` and `ed25519`. */
function spelledOut(
  spec: HmacVerifier | Ed25519Verifier,
  proof: Scheme['proof'] | undefined,
): Scheme | undefined {
  return (
    proof && {
      ...base,
      proof,
      encoding: spec.encoding ?? (proof.kind === 'hmac' ? 'hex' : 'base64'),
      header: spec.header,
      prefix: spec.prefix ?? '',
      split: spec.split ?? '',
      pairs: spec.pairs && { separator: ',', ...spec.pairs },
      template: spec.template ?? base.template,
      separator: spec.separator ?? '',
      idHeader: spec.idHeader,
      tsHeader: spec.tsHeader,
      tsUnit: spec.tsUnit ?? 's',
      toleranceSec: spec.toleranceSec ?? DEFAULT_TOLERANCE_SEC,
      publicUrl: spec.publicUrl,
    }
  );
}

function hmacScheme(spec: HmacVerifier): Scheme | undefined {
  const key = KEY_BYTES[spec.key ?? 'utf8'](spec.secret);
  return spelledOut(spec, keyed(key, spec.alg));
}

function ed25519Scheme(spec: Ed25519Verifier): Scheme | undefined {
  const key = readPublicKey(spec.publicKey);
  return spelledOut(spec, key && { kind: 'ed25519', key });
}

/** Presets that prove only that the caller knows a secret; the body is not signed. */
const STATIC = ['secret-url', 'basic', 'bearer', 'header', 'query'] as const;

type StaticVerifier = Extract<Verifier, { readonly preset: (typeof STATIC)[number] }>;

export const isStatic = (spec: Verifier): spec is StaticVerifier =>
  STATIC.some((preset) => preset === spec.preset);

type Shortcut = Exclude<Verifier, StaticVerifier | HmacVerifier | Ed25519Verifier>;

/** How each named sender signs, by its own page (README, "Where the facts come from"). */
const SHORTCUTS: {
  readonly [P in Shortcut['preset']]: Partial<Scheme> & { readonly header: string };
} = {
  'standard-webhooks': {
    header: 'webhook-signature',
    idHeader: 'webhook-id',
    tsHeader: 'webhook-timestamp',
    prefix: 'v1,',
    split: ' ',
    encoding: 'base64',
    template: ['id', 'timestamp', 'body'],
    separator: '.',
  },
  close: {
    header: 'close-sig-hash',
    tsHeader: 'close-sig-timestamp',
    template: ['timestamp', 'body'],
  },
  calendly: {
    header: 'calendly-webhook-signature',
    pairs: { timestamp: 't', signature: 'v1', separator: ',' },
    template: ['timestamp', 'body'],
    separator: '.',
  },
  slack: {
    header: 'x-slack-signature',
    tsHeader: 'x-slack-request-timestamp',
    prefix: 'v0=',
    template: ['text:v0', 'timestamp', 'body'],
    separator: ':',
  },
  typeform: { header: 'typeform-signature', prefix: 'sha256=', encoding: 'base64' },
  github: { header: 'x-hub-signature-256', prefix: 'sha256=' },
  woocommerce: { header: 'x-wc-webhook-signature', encoding: 'base64' },
  shopify: { header: 'x-shopify-hmac-sha256', encoding: 'base64' },
  'hubspot-v3': {
    header: 'x-hubspot-signature-v3',
    tsHeader: 'x-hubspot-request-timestamp',
    tsUnit: 'ms',
    encoding: 'base64',
    template: ['method', 'url', 'body', 'timestamp'],
  },
};

function shortcutKey(spec: Shortcut): Buffer | undefined {
  if (spec.preset === 'close') return strictHex(spec.secret);
  if (spec.preset === 'standard-webhooks') return strictBase64(spec.secret.replace(/^whsec_/, ''));
  return utf8(spec.secret);
}

function shortcutScheme(spec: Shortcut): Scheme | undefined {
  const proof = keyed(shortcutKey(spec));
  if (!proof) return undefined;
  const svix = spec.preset === 'standard-webhooks' && spec.headerPrefix === 'svix';
  return {
    ...base,
    ...SHORTCUTS[spec.preset],
    ...(svix ? { header: 'svix-signature', idHeader: 'svix-id', tsHeader: 'svix-timestamp' } : {}),
    ...('publicUrl' in spec ? { publicUrl: spec.publicUrl } : {}),
    ...('toleranceSec' in spec && spec.toleranceSec !== undefined
      ? { toleranceSec: spec.toleranceSec }
      : {}),
    proof,
  };
}

/** The scheme of a signed preset; undefined for an unsigned one, or when its key cannot be read. */
export function schemeOf(spec: Verifier): Scheme | undefined {
  if (isStatic(spec)) return undefined;
  if (spec.preset === 'hmac') return hmacScheme(spec);
  return spec.preset === 'ed25519' ? ed25519Scheme(spec) : shortcutScheme(spec);
}
