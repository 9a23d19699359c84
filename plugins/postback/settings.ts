import {
  Choice,
  EVENT_TYPES,
  Flag,
  isRecord,
  Secret,
  Structured,
  Text,
  TextMap,
  UrlTemplate,
} from '#contract';
import type { MissingPolicy } from './macro/expand.js';
import { DELIMITERS, type Delimiters } from './macro/token.js';
import { PRESET_NAMES, successFaults, type Preset, type SuccessRule } from './success.js';
import { BODY_TYPES, type BodyType } from './macro/body.js';
import { headerMapFaults, secretHeaderTexts } from './macro/headers.js';
import { urlFaults } from './macro/url-lint.js';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH'] as const;

const texts = (value: unknown): readonly string[] =>
  isRecord(value) ? Object.values(value).filter((one) => typeof one === 'string') : [];

function secretsFaults(value: unknown): readonly string[] {
  if (!isRecord(value)) return ['must be a map of texts'];
  return Object.entries(value).flatMap(([name, secret]) => {
    if (!/^[a-z0-9_]{1,40}$/.test(name)) {
      return [`has the impossible name "${name}": use small letters, digits and _`];
    }
    return typeof secret === 'string' && secret !== '' ? [] : [`must hold a text for ${name}`];
  });
}

const mapOf = (more: object): object => ({
  type: 'object',
  additionalProperties: { type: 'string', ...more },
});

const WRITE_ONLY = { writeOnly: true, format: 'password' };

/** What a user sets for one URL. Every name here is explained in README.md. */
export class PostbackSettings {
  @UrlTemplate({
    label: 'URL',
    hint: 'with macros in path and query',
    lint: urlFaults,
    example: 'https://tracker.example/postback?cid={click_id}&payout={payout}&txid={order_id}',
  })
  url!: string;

  @Choice(METHODS, { label: 'Method', optional: true, example: 'GET' })
  method?: (typeof METHODS)[number];

  @Structured({
    label: 'Headers',
    optional: true,
    hint: 'values may hold macros',
    faults: headerMapFaults,
    secretsIn: secretHeaderTexts,
    schema: mapOf({}),
    example: { 'X-Source': 'waybill' },
  })
  headers?: Readonly<Record<string, string>>;

  @Structured({
    label: 'Secret headers',
    optional: true,
    hint: 'sent as they are, never shown',
    faults: headerMapFaults,
    secretsIn: texts,
    schema: mapOf(WRITE_ONLY),
    example: { 'X-Api-Key': '${env:TRACKER_KEY}' },
  })
  secretHeaders?: Readonly<Record<string, string>>;

  @Structured({
    label: 'Secrets of the template',
    optional: true,
    hint: '{secret:name} puts one into URL, header or body; never shown',
    faults: secretsFaults,
    secretsIn: texts,
    schema: mapOf(WRITE_ONLY),
    example: { key: '${env:TRACKER_KEY}' },
  })
  secrets?: Readonly<Record<string, string>>;

  @Text({
    label: 'Body',
    optional: true,
    hint: 'JSON, form or text with macros, for POST, PUT and PATCH',
    maxLength: 65_536,
    example: '{"click":"{click_id}","payout":"{payout}"}',
  })
  body?: string;

  @Choice(BODY_TYPES, {
    label: 'Kind of body',
    optional: true,
    hint: 'unset: json when the body begins with { or [, else form',
    example: 'json',
  })
  bodyType?: BodyType;

  @Structured({
    label: 'Success',
    optional: true,
    hint: `a rule, or one of ${PRESET_NAMES.join(', ')}`,
    faults: successFaults,
    schema: { oneOf: [{ type: 'string', enum: [...PRESET_NAMES] }, { type: 'object' }] },
    example: 'default',
  })
  success?: Preset | SuccessRule;

  @TextMap({
    label: 'Missing values by macro',
    optional: true,
    hint: 'drop (default): leave the parameter out; empty; reject: do not send. click_id and affiliate_click_id: reject',
    example: { payout: 'empty' },
  })
  missing?: Readonly<Record<string, MissingPolicy>>;

  @TextMap({
    label: 'Event names',
    optional: true,
    hint: 'what {event_type} says; an empty name: do not send this type',
    keys: EVENT_TYPES,
    example: { SALE: 'Purchase', LEAD: 'Lead' },
  })
  eventNames?: Readonly<Record<string, string>>;

  @TextMap({
    label: 'Statuses',
    optional: true,
    hint: 'what {status} says',
    keys: EVENT_TYPES,
    example: { SALE: 'sale', LEAD: 'lead', REFUND: 'rejected' },
  })
  statuses?: Readonly<Record<string, string>>;

  @Choice(['positive', 'negative'], {
    label: 'Amounts of refunds and chargebacks',
    optional: true,
    example: 'positive',
  })
  amountSign?: 'positive' | 'negative';

  @Choice(DELIMITERS, { label: 'How macros are written', optional: true, example: '{x}' })
  delimiters?: Delimiters;

  @Secret({
    label: 'Signing secret',
    optional: true,
    hint: 'whsec_ and base64 of 24 to 64 bytes: signs bodies by Standard Webhooks',
  })
  signingSecret?: string;

  @Secret({
    label: 'Previous signing secret',
    optional: true,
    hint: 'signs too while the receiver changes over',
  })
  previousSigningSecret?: string;

  @Text({
    label: 'Signature parameter',
    optional: true,
    hint: 'signs the query and appends ts and this parameter',
    pattern: /^[A-Za-z][A-Za-z0-9_-]{0,39}$/,
    patternRule: 'must be a plain parameter name',
    example: 'sig',
  })
  signatureParameter?: string;

  @Flag({
    label: 'Send what looks like a sale',
    optional: true,
    hint: 'send refunds and clicks even if the template cannot tell them from a sale',
  })
  sendUnmarked?: boolean;
}
