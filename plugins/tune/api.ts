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

/** What a conversion is named by: TUNE's own id of it, or the click, which several conversions may share. */
export type Named = { readonly tuneEventId: string } | { readonly transactionId: string };

/**
 * Approves or rejects a conversion. `updateStatus` takes only the conversion's own id; by the click it must be the
 * general `update`.
 */
export function setStatus(
  access: ApiAccess,
  named: Named,
  status: 'approved' | 'rejected',
): HttpRequest {
  return 'tuneEventId' in named
    ? apiCall(access, 'updateStatus', { tune_event_id: named.tuneEventId, status })
    : apiCall(access, 'update', { transaction_id: named.transactionId, 'data[status]': status });
}

/** Sets fields of a conversion: absolute values (money as decimal text), so that a repeat does no harm. */
export function update(access: ApiAccess, named: Named, data: Query): HttpRequest {
  const fields = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [`data[${name}]`, value]),
  );
  const by =
    'tuneEventId' in named
      ? { tune_event_id: named.tuneEventId }
      : { transaction_id: named.transactionId };
  return apiCall(access, 'update', { ...by, ...fields });
}

/** Every conversion of one click. */
export const findConversions = (access: ApiAccess, transaction: string): HttpRequest =>
  apiCall(access, 'findAll', { 'filters[transaction_id]': transaction, limit: '100' });
