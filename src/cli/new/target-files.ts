import type { Wanted } from './arguments.js';
import { label, pascal, table } from './names.js';
import type { Files } from './new-command.js';

const TYPES = ['LEAD', 'SALE', 'REBILL', 'REFUND', 'CHARGEBACK'] as const;

const index = ({ name }: Wanted): string => `import { defineTarget } from '#contract';
import { classify } from './answer.js';
import { build } from './request.js';
import { ${pascal(name)}Settings } from './settings.js';

/** ${label(name)}: see README.md for what it is told and how sure we are. */
export default defineTarget({
  name: '${name}',
  label: '${label(name)}',
  settings: ${pascal(name)}Settings,
  accepts: [${TYPES.map((type) => `'${type}'`).join(', ')}],
  build,
  classify,
});
`;

const settings = ({ name }: Wanted): string => `import { Secret, Url } from '#contract';

export class ${pascal(name)}Settings {
  @Url({
    label: 'Address',
    hint: 'Where the partner takes conversions.',
    example: 'https://partner.example/conversions',
  })
  url!: string;

  @Secret({
    label: 'API key',
    hint: 'The partner shows it in its account settings.',
    example: '\${env:${name.toUpperCase().replaceAll('-', '_')}_API_KEY}',
  })
  apiKey!: string;
}
`;

const SEND = {
  GET: `  const url = new URL(settings.url);
  for (const [name, value] of values) url.searchParams.set(name, value);
  url.searchParams.set('api_key', settings.apiKey);
  return { method: 'GET', url: url.href };`,
  POST: `  return {
    method: 'POST',
    url: settings.url,
    headers: {
      'content-type': 'application/json',
      authorization: \`Bearer \${settings.apiKey}\`,
    },
    body: JSON.stringify(Object.fromEntries(values)),
  };`,
};

const request = ({
  name,
  method,
}: Wanted): string => `import { decimal, skip, type CanonicalEvent, type HttpRequest, type Skip } from '#contract';
import type { ${pascal(name)}Settings } from './settings.js';

/** What the partner wants to know, under the partner's own names. A value that is absent is left out. */
const PARAMETERS: Readonly<Record<string, (event: CanonicalEvent) => string | null | undefined>> = {
  click_id: (event) => event.attribution.clickId,
  /** Stays the same on every retry, so that the partner can tell a repeat. */
  transaction_id: (event) => event.id,
  order_id: (event) => event.order?.id,
  event: (event) => event.type.toLowerCase(),
  payout: (event) => event.payout && decimal(event.payout),
  currency: (event) => event.payout?.currency,
};

/** Without a click id the partner cannot credit anyone: nothing is sent. */
export function build(event: CanonicalEvent, settings: ${pascal(name)}Settings): HttpRequest | Skip {
  if (event.attribution.clickId === null) return skip('no-attribution');
  const values = Object.entries(PARAMETERS).flatMap(([name, read]) => {
    const value = read(event);
    return value === null || value === undefined ? [] : [[name, value] as const];
  });
${SEND[method]}
}
`;

const answer = (): string => `import {
  byStatus,
  delivered,
  parseJson,
  refused,
  textAt,
  type HttpResponse,
  type Outcome,
} from '#contract';

/** The status decides, except for a 200 whose body says no: many partners answer every mistake with 200. */
export function classify(response: HttpResponse): Outcome {
  if (response.status < 200 || response.status > 299) return byStatus(response);
  const parsed = parseJson(Buffer.from(response.body, 'utf8'));
  if (!parsed.ok) return delivered('accepted');
  const error = textAt(parsed.value, 'error');
  if (error !== undefined) return refused(error.slice(0, 200));
  const id = textAt(parsed.value, 'id');
  return id === undefined
    ? delivered('accepted')
    : delivered('confirmed', { attributed: 'yes', remoteIds: { conversion: id } });
}
`;

const SETTINGS_TABLE = table([
  ['setting', 'secret', 'means'],
  ['`url`', 'no', 'where the partner takes conversions'],
  ['`apiKey`', 'yes', "from the partner's account settings"],
]);

const EVENT_TABLE = table([
  ['event', 'what the partner is told'],
  ...TYPES.map((type) => [type, `\`event=${type.toLowerCase()}\``]),
]);

const ANSWER_TABLE = table([
  ['answer', 'outcome'],
  ['2xx with an `id`', 'delivered, confirmed'],
  ['2xx with an `error`', 'refused'],
  ['any other 2xx', 'delivered, accepted'],
  [
    'everything else',
    'by status: 401, 403, 410 pause the target; 408, 425, 429, 5xx are tried again',
  ],
]);

const readme = ({ name, method }: Wanted): string => `# ${label(name)}

Tells ${label(name)} about every event of its routes by ${method}.

## Set up

At the partner: Account > API (replace this with the real menu path).

${SETTINGS_TABLE}

## Events

${EVENT_TABLE}

An event without a click id is skipped (\`no-attribution\`).

## Answers

${ANSWER_TABLE}

## What we are not sure of

Everything here is invented until someone replaces it. Then say for each fact where it comes from (vendor page and date, or a
recorded exchange) and how sure you are.
`;

/** The code and the README of a new target. */
export const targetFiles = (wanted: Wanted): Files => ({
  'index.ts': index(wanted),
  'settings.ts': settings(wanted),
  'request.ts': request(wanted),
  'answer.ts': answer(),
  'README.md': readme(wanted),
});
