import { verdictOf } from '../played.js';
import type { Teller } from './teller.js';

/** One JSON object per line: `kind` says which. The last line is the summary. */
export function jsonTeller(write: (text: string) => void): Teller {
  const line = (kind: string, fields: object): void => {
    write(`${JSON.stringify({ kind, ...fields })}\n`);
  };
  return {
    opening: (about) => line('opening', about),
    progress: () => undefined,
    started: (about) => line('started', about),
    scene: ({ title, beats }) => line('scene', { title, notifications: beats.length }),
    visited: ({ visit, status, location, clickId, event, deliveries }) =>
      line('visit', { ...visit, status, location, clickId, event: event ?? null, deliveries }),
    played: (one, belief) => {
      const { beat, kit } = one.notification;
      line('notification', {
        name: beat.name,
        source: beat.source,
        account: kit.account,
        title: beat.title,
        status: one.status,
        verdict: verdictOf(one),
        receipt: one.receipt ?? null,
        events: one.events,
        deliveries: one.deliveries.map((delivery) => ({
          ...delivery,
          partnerSays: belief(delivery),
        })),
      });
    },
    settled: (delivery, _event, belief) =>
      line('settled', { delivery: { ...delivery, partnerSays: belief } }),
    waiting: () => undefined,
    note: (text) => line('note', { text }),
    report: (report, elapsedMs) => line('summary', { ...report, elapsedMs }),
  };
}
