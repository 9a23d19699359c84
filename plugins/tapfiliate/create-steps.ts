import { decimal, identifier, skip, type CanonicalEvent, type History, type Skip } from '#contract';
import { call, Digits, type Field } from './api.js';
import { attributionOf } from './attribution.js';
import { customerName, externalId, rebillTag } from './names.js';
import type { TapfiliateSettings } from './settings.js';
import type { Step } from './step.js';

const commissionType = (event: CanonicalEvent, settings: TapfiliateSettings): string | undefined =>
  settings.commissionTypes?.[event.type] ?? settings.defaultCommissionType;

const amountOf = (event: CanonicalEvent): Field =>
  new Digits(event.revenue ? decimal(event.revenue) : '0');

const maxCookieTime = (settings: TapfiliateSettings): Record<string, string | undefined> => ({
  override_max_cookie_time:
    settings.overrideMaxCookieTime === undefined
      ? undefined
      : String(settings.overrideMaxCookieTime),
});

/** Where an event came from, so that a person at Tapfiliate can find it here. */
const metaData = (event: CanonicalEvent): Field => ({
  event_id: event.id,
  event_type: event.type,
  source: event.source.plugin,
});

/** `POST /clicks/`: only the referral code is required; the answer holds the id and nothing else. */
export function clickStep(event: CanonicalEvent, settings: TapfiliateSettings): Step | Skip {
  const code = identifier(event.attribution.affiliateId);
  if (code === undefined) return skip('no-attribution');
  const ours = identifier(event.attribution.clickId);
  const fields = {
    referral_code: code,
    meta_data: { event_id: event.id, ...(ours === undefined ? {} : { click_id: ours }) },
  };
  return {
    kind: 'click',
    subject: ours ?? event.id,
    request: call(settings, { method: 'POST', path: ['clicks'], fields }),
  };
}

/** `POST /customers/`: a lead as a person whose later sales belong to the affiliate. */
export function customerStep(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Step | Skip {
  const name = customerName(event);
  if (name === undefined) return skip('unmapped');
  const by = attributionOf(event, settings, history);
  // The customer's own name cannot attribute a customer that does not exist yet.
  if (!by || by.key === 'customer_id') return skip('no-attribution');
  const fields = {
    customer_id: name,
    [by.key]: by.value,
    status: settings.customerTrack,
    meta_data: metaData(event),
  };
  const query = maxCookieTime(settings);
  return {
    kind: 'customer',
    subject: name,
    request: call(settings, { method: 'POST', path: ['customers'], query, fields }),
  };
}

/** `POST /conversions/` with one attribution key and the money as written digits. */
export function conversionStep(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  history: History,
): Step | Skip {
  const by = attributionOf(event, settings, history);
  if (!by) return skip('no-attribution');
  const fields = {
    [by.key]: by.value,
    external_id: externalId(event),
    amount: amountOf(event),
    currency: event.revenue?.currency,
    commission_type: commissionType(event, settings),
    program_group: settings.programGroup,
    meta_data: metaData(event),
  };
  const query = maxCookieTime(settings);
  return {
    kind: 'conversion',
    subject: externalId(event),
    request: call(settings, { method: 'POST', path: ['conversions'], query, fields }),
  };
}

/** `POST /conversions/{id}/commissions/`: one more commission on the conversion of the sale. */
export function commissionStep(
  event: CanonicalEvent,
  settings: TapfiliateSettings,
  conversionId: string,
): Step {
  const tag = rebillTag(event);
  const fields = {
    conversion_sub_amount: amountOf(event),
    commission_type: commissionType(event, settings),
    comment: tag,
  };
  const path = ['conversions', conversionId, 'commissions'];
  return {
    kind: 'commission',
    subject: externalId(event),
    tag,
    keep: { conversionId },
    request: call(settings, { method: 'POST', path, fields }),
  };
}

/** `GET /conversions/?external_id=…`: is it there already? */
export function lookupStep(settings: TapfiliateSettings, external: string, tag?: string): Step {
  const query = { external_id: external, program_id: settings.programId };
  return {
    kind: 'lookup',
    subject: external,
    request: call(settings, { method: 'GET', path: ['conversions'], query }),
    ...(tag === undefined ? {} : { tag }),
  };
}

/** `GET /conversions/{id}/`. */
export const conversionByIdStep = (
  settings: TapfiliateSettings,
  id: string,
  tag?: string,
): Step => ({
  kind: 'lookup',
  subject: id,
  request: call(settings, { method: 'GET', path: ['conversions', id] }),
  ...(tag === undefined ? {} : { tag }),
});

/** `GET /customers/?customer_id=…`. */
export const customerLookupStep = (settings: TapfiliateSettings, name: string): Step => ({
  kind: 'lookup',
  subject: name,
  request: call(settings, { method: 'GET', path: ['customers'], query: { customer_id: name } }),
});

/** `PUT` (approve) or `DELETE` (disapprove) of `/commissions/{id}/approved/`; both may be repeated freely. */
export function approvalStep(
  settings: TapfiliateSettings,
  kind: 'approve' | 'disapprove',
  commissionId: string,
  more: Pick<Step, 'keep' | 'extra'>,
): Step {
  const method = kind === 'approve' ? 'PUT' : 'DELETE';
  const path = ['commissions', commissionId, 'approved'];
  return { kind, subject: commissionId, request: call(settings, { method, path }), ...more };
}
