import { createHmac } from 'node:crypto';
import {
  accept,
  defineSource,
  defineTarget,
  delivered,
  byStatus,
  fromEpochMs,
  isRecord,
  minorUnits,
  notUnderstood,
  NoSettings,
  parseJson,
  reject,
  safeEqual,
  Secret,
  skip,
  text,
  textAt,
  Url,
  type EventType,
  type TargetDefinition,
} from '../../src/contract/index.js';

class ToyCredentials {
  @Secret({ label: 'Secret' })
  secret!: string;
}

/** A network with an HMAC header and a flat JSON body: the smallest thing that goes through the whole corridor. */
export const toySource = defineSource({
  name: 'toy',
  label: 'Toy',
  credentials: ToyCredentials,
  settings: NoSettings,
  methods: ['POST'],
  events: [{ native: 'sale', becomes: 'SALE' }],
  verify: (notification, credentials) => {
    const given = notification.headers['x-toy-signature'];
    if (!given) return reject('missing-signature');
    const wanted = createHmac('sha256', credentials.secret).update(notification.body).digest('hex');
    if (!safeEqual(given, wanted)) return reject('bad-signature');
    const parsed = parseJson(notification.body);
    if (!parsed.ok) return reject(parsed.fault);
    return isRecord(parsed.value) ? accept(parsed.value, 'signed') : reject('malformed');
  },
  reopen: (stored) => {
    const parsed = parseJson(stored.body);
    return parsed.ok && isRecord(parsed.value) ? parsed.value : {};
  },
  normalize: (payload) => {
    const type = textAt(payload, 'type');
    if (type === 'nothing') return [];
    if (type === 'boom') throw new Error('the plugin fell over');
    if (!type || !/^[A-Z_]+$/.test(type)) return notUnderstood(`unknown type ${type ?? '(none)'}`);
    const id = textAt(payload, 'order') ?? 'none';
    const revenue = minorUnits(textAt(payload, 'amount'), 'USD');
    const clickId = textAt(payload, 'click');
    return [
      {
        key: `${type}:${id}:${textAt(payload, 'line') ?? ''}`,
        type: type as EventType,
        nativeType: type,
        test: payload['test'] === true,
        occurredAt: fromEpochMs(textAt(payload, 'at')) ?? null,
        order: {
          id,
          ...(text(payload['alias']) ? { aliases: [text(payload['alias']) ?? ''] } : {}),
        },
        ...(revenue ? { revenue } : {}),
        ...(clickId ? { attribution: { clickId } } : {}),
      },
    ];
  },
});

export interface ToySale {
  readonly type: string;
  readonly order: string;
  readonly amount?: string;
  readonly [more: string]: unknown;
}

/** The signed request of a toy notification. */
export function sealToy(payload: ToySale | string, secret = 'toy-secret') {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-toy-signature': createHmac('sha256', secret).update(body).digest('hex'),
    },
  };
}

class HookSettings {
  @Url({ label: 'URL' })
  url!: string;
}

const hook = (name: string, more: Partial<TargetDefinition<HookSettings>> = {}) =>
  defineTarget<HookSettings>({
    name,
    label: name,
    settings: HookSettings,
    accepts: [
      'CLICK',
      'LEAD',
      'SALE',
      'REBILL',
      'REFUND',
      'CHARGEBACK',
      'CHARGEBACK_REVERSED',
      'CANCELED',
    ],
    build: (event, settings, history) => {
      if (event.attribution.clickId === 'none') return skip('no-attribution');
      const parent = history.entries.find((entry) => entry.event.type === 'SALE');
      return {
        method: 'POST',
        url: settings.url,
        headers: { 'content-type': 'application/json', 'idempotency-key': event.id },
        body: JSON.stringify({
          id: event.id,
          type: event.type,
          order: event.order?.id,
          remoteSale: parent?.remoteIds['id'] ?? null,
          attempt: history.attempt,
        }),
      };
    },
    classify: (response) => {
      const outcome = byStatus(response);
      if (outcome.kind !== 'delivered') return outcome;
      return /^[\w-]+$/.test(response.body)
        ? delivered('confirmed', { remoteIds: { id: response.body } })
        : outcome;
    },
    ...more,
  });

/** A partner that takes JSON and answers with its own id. */
export const hookTarget = hook('hook');

/** The same, asked before any re-send of unknown fate. */
export const askedTarget = hook('asked', {
  onUncertain: 'lookup',
  lookup: {
    build: (event, settings) => ({ method: 'GET', url: `${settings.url}?id=${event.id}` }),
    found: (response) => {
      if (response.status === 404) return null;
      return response.status === 200
        ? delivered('read-back', { remoteIds: { id: response.body } })
        : byStatus(response);
    },
  },
});

/** A partner for whom a person decides when the fate is unknown. */
export const heldTarget = hook('cautious', { onUncertain: 'hold' });
