import type { Wanted } from './arguments.js';
import { label, pascal } from './names.js';
import type { Files } from './new-command.js';
import { sourceNormalize } from './source-normalize.js';
import { sourceReadme } from './source-readme.js';
import { SOURCE_EVENTS } from './source-events.js';
import { sourceVerify } from './source-verify.js';

const index = ({
  name,
  signing,
}: Wanted): string => `import { defineSource, NoSettings } from '#contract';
${signing === 'none' ? '' : `import { ${pascal(name)}Credentials } from './credentials.js';\n`}import { EVENTS } from './fields.js';
import { normalize } from './normalize.js';
import { reopen, verify } from './verify.js';

/** ${label(name)}: see README.md for what its events mean and how sure we are. */
export default defineSource({
  name: '${name}',
  label: '${label(name)}',
  credentials: ${signing === 'none' ? 'NoSettings' : `${pascal(name)}Credentials`},
  settings: NoSettings,
  methods: ['POST'],
  events: EVENTS,
  setUp: 'Settings > Webhooks > Add',
  verify,
  reopen,
  normalize,
});
`;

const credentials = ({ name, signing }: Wanted): string =>
  signing === 'hmac'
    ? `import { Secret } from '#contract';

export class ${pascal(name)}Credentials {
  @Secret({
    label: 'Signing secret',
    hint: 'The network shows it beside the webhook.',
    example: '\${env:${constant(name)}_SECRET}',
  })
  signingSecret!: string;
}
`
    : `import { Secret } from '#contract';

export class ${pascal(name)}Credentials {
  @Secret({
    label: 'Path token',
    hint: 'Invent a long random text. It is the last part of the URL that you give to the network.',
    minLength: 16,
    example: '\${env:${constant(name)}_TOKEN}',
  })
  pathToken!: string;
}
`;

const constant = (name: string): string => name.toUpperCase().replaceAll('-', '_');

const fields = ({ name, body }: Wanted): string => {
  const at = (jsonPath: string, formName: string): string =>
    body === 'json' ? jsonPath : formName;
  const rows = SOURCE_EVENTS.map(
    ({ native, becomes }) => `  { native: '${native}', becomes: '${becomes}' },`,
  );
  return `import type { NativeEvent } from '#contract';

/** Where each value stands in ${label(name)}'s body: ${body === 'json' ? 'paths such as `order.id` or `items[0].sku`' : 'names of form fields'}. */
export const FIELDS = {
  /** The network's word for what happened; see EVENTS. */
  event: '${at('event', 'event')}',
  /** Names this one movement of money for ever; a repeat carries the same. */
  transaction: '${at('transaction.id', 'transaction_id')}',
  /** Names the purchase; its rebills and refunds carry the same. */
  order: '${at('order.id', 'order_id')}',
  amount: '${at('transaction.amount', 'amount')}',
  currency: '${at('transaction.currency', 'currency')}',
  /** ISO 8601 with an offset. */
  occurredAt: '${at('created_at', 'created_at')}',
  clickId: '${at('tracking.click_id', 'click_id')}',
  affiliateId: '${at('tracking.affiliate', 'affiliate')}',
  email: '${at('customer.email', 'email')}',
} as const;

/** Every word of the network that we know, and what it becomes. README.md must list the same. */
export const EVENTS: readonly NativeEvent[] = [
${rows.join('\n')}
];
`;
};

/** The code and the README of a new source. */
export const sourceFiles = (wanted: Wanted): Files => ({
  'index.ts': index(wanted),
  ...(wanted.signing === 'none' ? {} : { 'credentials.ts': credentials(wanted) }),
  'fields.ts': fields(wanted),
  'verify.ts': sourceVerify(wanted),
  'normalize.ts': sourceNormalize(wanted),
  'README.md': sourceReadme(wanted),
});
