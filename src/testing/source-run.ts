import {
  accept,
  checkSettings,
  isNotUnderstood,
  isDraft,
  type EventDraft,
  type HttpResponse,
  type Normalized,
  type Notification,
  type SealedRequest,
  type SealModule,
  type SourcePlugin,
  type Verified,
} from '../contract/index.js';
import type { SourceCase } from './fixtures.js';
import { deepFreeze } from './isolate.js';

/** Server clock of a case that names none, epoch milliseconds. */
export const SAMPLE_RECEIVED = Date.parse('2026-11-20T10:00:00.000Z');

/** Everything one call of a source needs. */
export interface SourceInput {
  readonly notification: Notification;
  readonly credentials: object;
  readonly settings: object;
  readonly materials: readonly HttpResponse[];
}

/** What a source made of a notification. */
export type Reading =
  | { readonly rejected: string }
  | { readonly trust: string; readonly payload: unknown; readonly normalized: Normalized };

/** Checked settings or credentials of a fixture; throws with every fault when they are wrong. */
function checked(cls: new () => object, data: unknown, path: string): object {
  const result = checkSettings(cls, data, path);
  if (result.ok) return result.value;
  throw new Error(result.faults.map((fault) => `${fault.path} ${fault.rule}`).join('; '));
}

/** The sealed request of a case after its mutations. */
function sealedRequest(one: SourceCase, seal: SealModule, sealedAt: number): SealedRequest {
  const { sealWith, seal: more, mutate = {} } = one.options;
  const credentials = { ...seal.credentials, ...sealWith };
  const sealed = seal.seal(structuredClone(one.payload), credentials, sealedAt, more);
  const headers: Record<string, string> = { ...sealed.headers };
  for (const [name, value] of Object.entries(mutate.headers ?? {})) {
    if (value === null) delete headers[name];
    else headers[name] = value;
  }
  return {
    method: (mutate.method ?? sealed.method) as SealedRequest['method'],
    pathToken: mutate.pathToken ?? sealed.pathToken,
    query: mutate.query ?? sealed.query,
    headers,
    body: mutatedBody(sealed.body, mutate),
  };
}

/** The sealed and mutated request of a case, with the credentials and settings that `verify` and `normalize` get. */
export function sourceInput(plugin: SourcePlugin, one: SourceCase, seal: SealModule): SourceInput {
  const { options } = one;
  const receivedAt = options.receivedAt ? Date.parse(options.receivedAt) : SAMPLE_RECEIVED;
  const sealedAt = options.sealedAt ? Date.parse(options.sealedAt) : receivedAt;
  const request = sealedRequest(one, seal, sealedAt);
  const { pathToken, query } = request;
  const path = `/in/${plugin.name}/acme${pathToken ? `/${pathToken}` : ''}${query ? `?${query}` : ''}`;
  const credentials = { ...seal.credentials, ...options.credentials };
  const settings = options.settings ?? seal.settings ?? {};
  return {
    notification: { ...request, url: options.url ?? `https://gateway.example${path}`, receivedAt },
    credentials: checked(plugin.credentials, credentials, 'credentials'),
    settings: checked(plugin.settings, settings, 'settings'),
    materials: options.materials ?? [],
  };
}

function mutatedBody(body: Buffer, mutate: NonNullable<SourceCase['options']['mutate']>): Buffer {
  if (mutate.body !== undefined) return Buffer.from(mutate.body, 'utf8');
  if (!mutate.replaceInBody) return body;
  const [from, to] = mutate.replaceInBody;
  // latin1 maps bytes to characters one to one, so the rest of the body stays as it is.
  const text = body.toString('latin1');
  const wanted = Buffer.from(from, 'utf8').toString('latin1');
  if (!text.includes(wanted)) throw new Error(`replaceInBody: the body does not hold "${from}"`);
  return Buffer.from(
    text.replace(wanted, () => Buffer.from(to, 'utf8').toString('latin1')),
    'latin1',
  );
}

/** Only its jobs bring something in: no method carries a notification, so a case's body is what a job found. */
export const isPolled = ({ methods }: SourcePlugin): boolean => methods.length === 0;

function verdictOf(plugin: SourcePlugin, { notification, credentials, materials }: SourceInput) {
  return isPolled(plugin)
    ? accept(JSON.parse(notification.body.toString('utf8')) as unknown, 'shared-secret')
    : plugin.verify(notification, credentials, materials);
}

/** Verifies and normalizes with frozen inputs. Throws only when the plugin does. */
export function readSource(plugin: SourcePlugin, input: SourceInput): Reading {
  const notification = deepFreeze({
    ...input.notification,
    headers: { ...input.notification.headers },
  });
  const credentials = deepFreeze(input.credentials);
  const materials = deepFreeze(input.materials);
  const verdict = verdictOf(plugin, { ...input, notification, credentials, materials });
  if (!verdict.ok) return { rejected: verdict.reason };
  const payload: Verified<unknown> = deepFreeze(verdict.payload);
  const normalized = plugin.normalize(payload, { settings: deepFreeze(input.settings) });
  return { trust: verdict.trust, payload, normalized };
}

/** The golden form of a reading. */
export function summary(reading: Reading): Readonly<Record<string, unknown>> {
  if ('rejected' in reading) return { rejected: reading.rejected };
  if (isNotUnderstood(reading.normalized))
    return { notUnderstood: reading.normalized.notUnderstood };
  return { trust: reading.trust, drafts: reading.normalized };
}

/** The drafts of a reading, links left out. */
export function draftsOf(reading: Reading): readonly EventDraft[] {
  if ('rejected' in reading || isNotUnderstood(reading.normalized)) return [];
  return reading.normalized.filter(isDraft);
}
