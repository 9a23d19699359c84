import type { CanonicalEvent, EventType } from '../contract/index.js';
import { sampleEvent } from './sample-event.js';

/** Bodies that partners, proxies and captive portals really answer with. */
export const HOSTILE_BODIES: readonly string[] = [
  '<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
  '',
  'null',
  '0',
  '"ok"',
  '[]',
  '[null]',
  '{}',
  '{"errors":null,"data":[],"response":"x","message":{"__proto__":{"a":1}}}',
  '{"id":12345678901234567890123,"error":[[]],"errors":[{}]',
  '\ufeff{"ok":true}',
  `${'['.repeat(2000)}${']'.repeat(2000)}`,
  '\u0000\u0001\u0002',
];

/** An event that carries nothing a source may leave out. */
export const bareEvent = (type: EventType): CanonicalEvent =>
  sampleEvent({
    type,
    order: null,
    attribution: { clickId: null, affiliateId: null, how: 'none' },
    revenue: null,
    payout: null,
  });

/** Breaks out of URLs, headers, JSON and forms wherever it is pasted in unescaped. */
const HOSTILE = 'a&b=c#d"e\'f\r\nX-Evil: 1\u0000 \u{1F980}{click_id}%zz';

/** An event whose every free text is hostile. */
export const hostileEvent = (type: EventType): CanonicalEvent =>
  sampleEvent({
    type,
    order: { id: HOSTILE, parentId: HOSTILE, line: HOSTILE, sequence: 2, aliases: [HOSTILE] },
    attribution: {
      clickId: HOSTILE,
      affiliateId: HOSTILE,
      coupon: HOSTILE,
      campaignId: HOSTILE,
      offerId: HOSTILE,
      placement: HOSTILE,
      utm: { source: HOSTILE },
      subIds: [HOSTILE],
    },
  });
