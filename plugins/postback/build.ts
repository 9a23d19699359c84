import {
  isReversal,
  skip,
  type CanonicalEvent,
  type History,
  type HttpRequest,
  type Skip,
  type SkipReason,
} from '#contract';
import { policyOf, resolve, type Scope } from './macro/expand.js';
import type { Macro } from './macro/token.js';
import { planned, type Plan } from './plan.js';
import type { PostbackSettings } from './settings.js';
import { keyOf, signatureHeaders, signedUrl } from './sign.js';
import { CONTENT_TYPES, writeBody } from './macro/body.js';
import { writeHeaders } from './macro/headers.js';
import { writeUrl } from './macro/url.js';

/** Without one of these nobody can be credited. */
const ATTRIBUTION: ReadonlySet<string> = new Set([
  'click_id',
  'affiliate_click_id',
  'affiliate_id',
  'coupon',
]);

/** A refund or a click told in the same words as a sale would be counted as one. */
function passesForSale(event: CanonicalEvent, plan: Plan, settings: PostbackSettings): boolean {
  if (settings.sendUnmarked || plan.tellsTypes) return false;
  if (!isReversal(event.type) && event.type !== 'CLICK') return false;
  const takesBack = event.type === 'REFUND' || event.type === 'CHARGEBACK';
  const money = plan.macros.some(({ name }) => name === 'payout' || name === 'amount');
  return !(takesBack && money && settings.amountSign === 'negative');
}

const scopeOf = (event: CanonicalEvent, plan: Plan, settings: PostbackSettings): Scope => {
  const { eventNames, statuses, amountSign } = settings;
  return {
    event,
    speech: {
      ...(eventNames ? { eventNames } : {}),
      ...(statuses ? { statuses } : {}),
      ...(amountSign ? { amountSign } : {}),
      sendsPayout: plan.sendsPayout,
    },
    secrets: settings.secrets ?? {},
    missing: plan.missing,
    masked: false,
  };
};

/** Why the event cannot be told, or undefined. */
function hindrance(
  event: CanonicalEvent,
  plan: Plan,
  settings: PostbackSettings,
  scope: Scope,
): SkipReason | undefined {
  if (settings.eventNames?.[event.type] === '') return 'unmapped';
  if (passesForSale(event, plan, settings)) return 'unmapped';
  const isAbsent = (macro: Macro): boolean =>
    policyOf(macro, scope) === 'reject' && resolve(macro, scope) === undefined;
  const absent = plan.macros.filter(isAbsent);
  if (absent.some(({ name }) => ATTRIBUTION.has(name))) return 'no-attribution';
  return absent.length > 0 ? 'unmapped' : undefined;
}

const keysOf = (settings: PostbackSettings): readonly Buffer[] =>
  [settings.signingSecret, settings.previousSigningSecret].flatMap((secret) => {
    const key = secret === undefined ? undefined : keyOf(secret);
    return key ? [key] : [];
  });

function headersOf(
  plan: Plan,
  settings: PostbackSettings,
  scope: Scope,
): Readonly<Record<string, string>> {
  const own = { ...writeHeaders(plan.headers, scope), ...settings.secretHeaders };
  const typed = Object.keys(own).some((name) => name.toLowerCase() === 'content-type');
  return plan.body && !typed ? { 'content-type': CONTENT_TYPES[plan.body.type], ...own } : own;
}

/** The address, and the same fit for a screen. */
function addresses(
  plan: Plan,
  settings: PostbackSettings,
  scope: Scope,
  now: number,
): { readonly url: string; readonly shownUrl: string } | undefined {
  const plain = writeUrl(plan.url, scope);
  const shown = plan.url.hides ? writeUrl(plan.url, { ...scope, masked: true }) : plain;
  if (plain === undefined || shown === undefined) return undefined;
  const [key] = keysOf(settings);
  const url =
    key && settings.signatureParameter
      ? signedUrl(plain, settings.signatureParameter, key, now)
      : plain;
  return { url, shownUrl: shown };
}

/** The request of one event, or why there is none. */
export function build(
  event: CanonicalEvent,
  settings: PostbackSettings,
  { now }: History,
): HttpRequest | Skip {
  const { plan } = planned(settings);
  if (!plan) return skip('unmapped');
  const scope = scopeOf(event, plan, settings);
  const reason = hindrance(event, plan, settings, scope);
  if (reason) return skip(reason);
  const address = addresses(plan, settings, scope, now);
  if (!address) return skip('unmapped');
  const { method = 'GET' } = settings;
  const headers = headersOf(plan, settings, scope);
  if (method === 'GET') {
    return { method, ...address, ...(Object.keys(headers).length > 0 ? { headers } : {}) };
  }
  const body = plan.body ? writeBody(plan.body, scope) : undefined;
  const keys = keysOf(settings);
  const signed =
    keys.length > 0 ? signatureHeaders(keys, body ?? '', { id: event.id, now }) : undefined;
  const all = { ...headers, ...signed };
  return {
    method,
    ...address,
    ...(Object.keys(all).length > 0 ? { headers: all } : {}),
    ...(body === undefined ? {} : { body }),
  };
}
