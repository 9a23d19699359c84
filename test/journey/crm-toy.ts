import { createHmac } from 'node:crypto';
import {
  accept,
  answerJson,
  compact,
  defineSource,
  factDraft,
  fromEpochMs,
  isRecord,
  lookedUp,
  minorUnits,
  NOT_LOOKED_UP,
  NoSettings,
  parseJson,
  reject,
  safeEqual,
  Secret,
  Text,
  textAt,
  Url,
  type EventType,
} from '../../src/contract/index.js';

class CrmToyCredentials {
  @Secret({ label: 'Secret' })
  secret!: string;

  @Url({ label: 'API', optional: true })
  api?: string;

  @Text({ label: 'Old token', optional: true })
  token?: string;

  @Text({ label: 'Refresh token', optional: true })
  refresh?: string;
}

const parsed = (body: Buffer): Record<string, unknown> => {
  const found = parseJson(body);
  return found.ok && isRecord(found.value) ? { ...found.value } : {};
};

/** A CRM that sends the stage of a deal and no money: that is at its API, behind a token that lives for an hour. */
export const crmToy = defineSource({
  name: 'crm-toy',
  label: 'CRM toy',
  credentials: CrmToyCredentials,
  settings: NoSettings,
  methods: ['POST'],
  events: [{ native: '*', becomes: 'SALE' }],
  verify: (notification, { secret }) => {
    const given = notification.headers['x-toy-signature'] ?? '';
    const wanted = createHmac('sha256', secret).update(notification.body).digest('hex');
    return safeEqual(given, wanted)
      ? accept(parsed(notification.body), 'signed')
      : reject('bad-signature');
  },
  reopen: ({ body }) => parsed(body),
  normalize: (payload) => {
    const list = Array.isArray(payload['all']) ? (payload['all'] as unknown[]) : [payload];
    return list.map((one) => {
      const id = textAt(one, 'deal') ?? '';
      const stage = textAt(one, 'stage') ?? '';
      const occurredAt = fromEpochMs(textAt(one, 'at')) ?? null;
      if (stage === 'open') {
        return { seen: { id: `deal:${id}`, state: 'open' }, nativeType: 'open', occurredAt };
      }
      return factDraft({
        object: 'deal',
        id,
        type: stage as EventType,
        nativeType: stage,
        test: false,
        occurredAt,
        ...compact({ change: textAt(one, 'change') }),
        ...(textAt(one, 'look') === undefined ? {} : { flags: [NOT_LOOKED_UP] }),
      });
    });
  },
  enrich: {
    ratePerSecond: 500,
    wants: (draft, { api }, step) =>
      api !== undefined && step < 2 && (step > 0 || draft.flags?.includes(NOT_LOOKED_UP) === true),
    build: (draft, { api = '', token = '' }, { step }) => ({
      method: 'GET',
      url: `${api}/${step === 0 ? 'deal' : 'contact'}/${draft.record?.id.split(':')[1] ?? ''}`,
      headers: { authorization: `Bearer ${token}` },
    }),
    apply: (draft, response, { step }) => {
      const found = answerJson(response);
      if (textAt(found, 'spam') !== undefined) return undefined;
      if (textAt(found, 'boom') !== undefined) throw new Error('boom');
      if (step > 0) {
        const clickId = textAt(found, 'click');
        return clickId === undefined ? draft : { ...draft, attribution: { clickId } };
      }
      const revenue = minorUnits(textAt(found, 'amount'), 'USD');
      return revenue ? { ...lookedUp(draft), revenue } : draft;
    },
  },
  jobs: [
    {
      name: 'backfill',
      every: 60_000,
      wants: ({ api, refresh }) => api !== undefined && refresh !== undefined,
      build: ({ api = '', token = '' }, { cursor }) => ({
        method: 'GET',
        url: `${api}/list?after=${cursor ?? ''}`,
        headers: { authorization: `Bearer ${token}` },
      }),
      apply: (response) => {
        const found = answerJson(response);
        if (!isRecord(found) || !Array.isArray(found['data'])) return undefined;
        return {
          cursor: textAt(found, 'next') ?? null,
          payloads: (found['data'] as unknown[]).filter(isRecord),
          more: textAt(found, 'more') !== undefined,
        };
      },
    },
  ],
  token: {
    wants: ({ refresh }) => refresh !== undefined,
    build: ({ api = '', refresh = '' }) => ({
      method: 'POST',
      url: `${api}/token`,
      body: refresh,
    }),
    read: (response) => {
      const token = textAt(answerJson(response), 'token');
      return token === undefined ? undefined : { token, forMs: 3_600_000 };
    },
    lay: (credentials, token) => Object.assign(new CrmToyCredentials(), credentials, { token }),
  },
});
