import type { HttpRequest } from '#contract';
import { get, type Query } from './address.js';
import type { TuneSettings } from './settings.js';

/** Credentials of the network API; undefined when the user gave none. */
export interface ApiAccess {
  readonly networkId: string;
  readonly networkToken: string;
  readonly base: string;
}

/** Access to the network API (developers.tune.com/network-docs), version 3. */
export function apiAccess(settings: TuneSettings): ApiAccess | undefined {
  const { networkId, networkToken, apiUrl } = settings;
  if (networkId === undefined || networkToken === undefined) return undefined;
  const base = apiUrl ?? `https://${networkId}.api.hasoffers.com/Apiv3/json`;
  return { networkId, networkToken, base };
}

/** One call about conversions. */
export const apiCall = (access: ApiAccess, method: string, query: Query): HttpRequest =>
  get(access.base, {
    NetworkId: access.networkId,
    NetworkToken: access.networkToken,
    Target: 'Conversion',
    Method: method,
    ...query,
  });

/** Approves or rejects a conversion, named by TUNE's own id: by the click, which several may share, the wrong one could be hit. */
export const setStatus = (
  access: ApiAccess,
  tuneEventId: string,
  status: 'approved' | 'rejected',
): HttpRequest => apiCall(access, 'updateStatus', { tune_event_id: tuneEventId, status });

/** Sets fields of a conversion: absolute values (money as decimal text), so that a repeat does no harm. */
export function update(access: ApiAccess, tuneEventId: string, data: Query): HttpRequest {
  const fields: Query = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [`data[${name}]`, value]),
  );
  return apiCall(access, 'update', { tune_event_id: tuneEventId, ...fields });
}

/** `adv_sub2` to `adv_sub5` are kept beside the conversion, and only listed when asked for. */
const BESIDE = /^adv_sub[2-5]$/;

/**
 * Every conversion of one click with all its fields, our name of the order among them. The model calls the click
 * `ad_id` (developers.tune.com, Conversion model).
 */
export const findConversions = (
  access: ApiAccess,
  transaction: string,
  orderIdField: string,
): HttpRequest =>
  apiCall(access, 'findAll', {
    'filters[ad_id]': transaction,
    'contain[]': BESIDE.test(orderIdField) ? 'ConversionsMobile' : undefined,
    limit: '100',
  });
