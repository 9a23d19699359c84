import {
  accept,
  identifier,
  isRecord,
  listAt,
  parseJson,
  pathTokenFault,
  reject,
  safeEqual,
  text,
  textAt,
  type Notification,
  type RejectionReason,
  type Verdict,
} from '#contract';
import type { ZohoCredentials } from './settings.js';

/** One record of a notification with the values that changed. */
export interface ZohoRecord {
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A notification without its token: that is a secret. `resource_uri` and `query_params` are left out, never followed. */
export interface ZohoPayload {
  readonly module: string;
  readonly operation: string;
  readonly serverTime: string | null;
  readonly records: readonly ZohoRecord[];
}

/** Values as texts; look-up fields are objects with a name, of which the name is the value. */
function valuesOf(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const found = text(inner) ?? textAt(inner, 'name');
      return found === undefined || name === '__proto__' ? [] : [[name, found] as const];
    }),
  );
}

function payloadOf(value: unknown): ZohoPayload | undefined {
  const module = textAt(value, 'module');
  const operation = textAt(value, 'operation');
  if (module === undefined || operation === undefined) return undefined;
  const changed = listAt(value, 'affected_values');
  const records = listAt(value, 'ids').flatMap((one) => {
    const id = identifier(one);
    const values = changed.find((item) => textAt(item, 'record_id') === id);
    return id === undefined
      ? []
      : [{ id, values: isRecord(values) ? valuesOf(values['values']) : {} }];
  });
  return { module, operation, serverTime: textAt(value, 'server_time') ?? null, records };
}

function tokenFault(value: unknown, { token }: ZohoCredentials): RejectionReason | undefined {
  const given = textAt(value, 'token');
  if (given === undefined) return 'missing-signature';
  return safeEqual(given, token) ? undefined : 'bad-token';
}

/** The echoed token, the secret path where one is configured, and our own channel. */
export function verify(of: Notification, credentials: ZohoCredentials): Verdict<ZohoPayload> {
  const { pathToken, channelId } = credentials;
  const wrongPath = pathToken === undefined ? undefined : pathTokenFault(of, pathToken);
  if (wrongPath) return reject(wrongPath);
  const parsed = parseJson(of.body);
  if (!parsed.ok) return reject(parsed.fault);
  const fault = tokenFault(parsed.value, credentials);
  if (fault) return reject(fault);
  if (channelId !== undefined && textAt(parsed.value, 'channel_id') !== channelId) {
    return reject('wrong-account');
  }
  const payload = payloadOf(parsed.value);
  return payload ? accept(payload, 'shared-secret') : reject('malformed');
}
