import type { Wanted } from './arguments.js';
import { json } from './names.js';
import type { Files } from './new-command.js';
import { SOURCE_EVENTS } from './source-events.js';

const SAMPLES = {
  json: `/** One real body of the network, as received. Replace it; names and addresses in it should be invented ones. */
export const sample = {
  event: 'sale',
  created_at: '2026-11-20T09:59:58+00:00',
  transaction: { id: 'T-1001', amount: '49.00', currency: 'USD' },
  order: { id: 'O-1001' },
  customer: { email: 'buyer@example.com' },
  tracking: { click_id: 'clk-1', affiliate: 'aff-1' },
};
`,
  form: `/** One real body of the network, as received. Replace it; names and addresses in it should be invented ones. */
export const sample = [
  'event=sale&created_at=2026-11-20T09%3A59%3A58%2B00%3A00',
  'transaction_id=T-1001&amount=49.00&currency=USD&order_id=O-1001',
  'email=buyer%40example.com&click_id=clk-1&affiliate=aff-1',
].join('&');
`,
};

const BODIES = {
  json: `/** Puts a value where a path of FIELDS points. */
function place(root: Record<string, unknown>, path: string, value: unknown): void {
  const steps = path.match(/[^.[\\]"]+/g) ?? [];
  let at = root;
  for (const step of steps.slice(0, -1)) at = (at[step] ??= {}) as Record<string, unknown>;
  at[steps.at(-1) ?? path] = value;
}

/** The sample with the values of a case laid over it. */
function bodyOf(values: Readonly<Record<string, unknown>>): string {
  const body = structuredClone(sample) as Record<string, unknown>;
  for (const [field, path] of Object.entries(FIELDS)) place(body, path, values[field]);
  return JSON.stringify(body);
}
`,
  form: `/** The sample with the values of a case laid over it. */
function bodyOf(values: Readonly<Record<string, unknown>>): string {
  const body = new URLSearchParams(sample);
  for (const [field, name] of Object.entries(FIELDS)) body.set(name, String(values[field] ?? ''));
  return body.toString();
}
`,
};

const CREDENTIALS: Readonly<Record<Wanted['signing'], string>> = {
  hmac: "{ signingSecret: 'sample-secret-not-a-real-one' }",
  token: "{ pathToken: 'sample-path-token-1234' }",
  none: '{}',
};

function sealCode({ name, signing, body }: Wanted): string {
  const type = body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  const signed = signing === 'hmac';
  return `${signed ? "import { createHmac } from 'node:crypto';\n" : ''}import type { SealedRequest } from '#contract';
import { FIELDS } from '../fields.js';
import { sample } from './sample.js';

/** Sample credentials; not real ones. */
export const credentials = ${CREDENTIALS[signing]};

${BODIES[body]}
/** The twin of verify: a request as the network would send it. \`options.raw\` replaces the body before it is sealed. */
export function seal(
  payload: unknown,
  ${signing === 'none' ? '_credentials' : 'credentials'}: Readonly<Record<string, unknown>>,
  _sealedAt: number,
  options: Readonly<Record<string, unknown>> = {},
): SealedRequest {
  const values = payload as Readonly<Record<string, unknown>>;
  const body = Buffer.from(String(options['raw'] ?? bodyOf(values)), 'utf8');
${signed ? `  const secret = String(credentials['signingSecret']);\n  const signature = createHmac('sha256', secret).update(body).digest('hex');\n` : ''}  return {
    method: 'POST',
    pathToken: ${signing === 'token' ? "String(credentials['pathToken'])" : "''"},
    query: '',
    headers: {
      'content-type': '${type}',
${signed ? `      'x-${name}-signature': signature,\n` : ''}    },
    body,
  };
}
`;
}

type Values = Readonly<Record<string, string>>;

const TRUST = { hmac: 'signed', token: 'shared-secret', none: 'unauthenticated' } as const;

const valuesOf = (native: string, at: number): Values => ({
  event: native,
  transaction: `T-${2001 + at}`,
  order: 'O-2001',
  amount: native === 'cancel' ? '' : '19.99',
  currency: 'USD',
  occurredAt: '2026-11-20T09:30:00+01:00',
  clickId: 'clk-2001',
  affiliateId: 'aff-7',
  email: 'buyer@example.com',
});

function draftOf(values: Values, becomes: string): object {
  const { event, transaction, order, amount, clickId, affiliateId, email } = values;
  return {
    key: `${transaction}:${event}`,
    type: becomes === 'test' ? 'SALE' : becomes,
    nativeType: event,
    test: becomes === 'test',
    occurredAt: '2026-11-20T08:30:00.000Z',
    order: { id: order },
    attribution: { clickId, affiliateId },
    customer: { email },
    ...(amount === '' ? {} : { revenue: { amount: 1999, currency: 'USD' } }),
  };
}

interface Case {
  readonly payload: Values;
  readonly options?: object;
  readonly golden: object;
}

/** The cases every network has: each word, an unknown word, and the forgeries that fit the way it signs. */
function cases({ signing, body }: Wanted): Readonly<Record<string, Case>> {
  const trust = TRUST[signing];
  const words = SOURCE_EVENTS.map(({ native, becomes }, at): [string, Case] => {
    const payload = valuesOf(native, at);
    const drafts = becomes === 'ignored' ? [] : [draftOf(payload, becomes)];
    return [native, { payload, golden: { trust, drafts } }];
  });
  const sale = valuesOf('sale', 0);
  const raw = body === 'json' ? '{"event":' : 'event=%zz';
  const refused = (reason: string, options: object): Case => ({
    payload: sale,
    options,
    golden: { rejected: reason },
  });
  const signature = { mutate: { replaceInBody: ['19.99', '99.99'] } };
  return {
    ...Object.fromEntries(words),
    'unknown-word': {
      payload: { ...sale, event: 'never-seen' },
      golden: { notUnderstood: 'unknown event word' },
    },
    'unreadable-amount': {
      payload: { ...sale, amount: 'FREE' },
      golden: { notUnderstood: 'unreadable amount or currency' },
    },
    malformed: refused('malformed', { seal: { raw } }),
    ...(signing === 'hmac'
      ? {
          'bad-signature': refused('bad-signature', {
            sealWith: { signingSecret: 'another-secret' },
          }),
          'altered-amount': refused('bad-signature', signature),
        }
      : {}),
    ...(signing === 'token'
      ? { 'bad-token': refused('bad-token', { mutate: { pathToken: 'another-path-token-12' } }) }
      : {}),
  };
}

/** The fixtures of a new source. Golden values come from the cases, not from the sample: replacing it keeps them true. */
export function sourceFixtures(wanted: Wanted): Files {
  const files: Record<string, string> = {
    'fixtures/seal.ts': sealCode(wanted),
    'fixtures/sample.ts': SAMPLES[wanted.body],
  };
  for (const [name, { payload, options, golden }] of Object.entries(cases(wanted))) {
    files[`fixtures/${name}/payload.json`] = json(payload);
    files[`fixtures/${name}/events.json`] = json(golden);
    if (options) files[`fixtures/${name}/case.json`] = json(options);
  }
  return files;
}
