import { compact, fromIso, textAt } from '#contract';
import { attributionOf, customerOf } from './attribution.js';
import { idAt, lacks, type Handler, type PayPalEvent } from './message.js';

const changedAt = ({ resource, createTime }: PayPalEvent): string | null =>
  fromIso(textAt(resource, 'status_update_time')) ?? fromIso(createTime) ?? null;

/**
 * `BILLING.SUBSCRIPTION.ACTIVATED`: the start, with the click that led to it. It is told as a SALE without money,
 * because its payments come as messages of their own and do not say which one is the first.
 */
export const activated: Handler = (event, settings) => {
  if (settings.subscriptionSale === 'payments') return [];
  const { resource } = event;
  const id = idAt(resource, 'id');
  if (id === undefined) return lacks(event, 'id');
  return [
    {
      key: `${id}:activated`,
      type: 'SALE',
      nativeType: event.type,
      test: event.test,
      occurredAt: fromIso(textAt(resource, 'start_time')) ?? null,
      order: { id },
      flags: ['subscription-start'],
      ...compact({
        attribution: attributionOf(resource, settings),
        customer: customerOf(resource),
      }),
    },
  ];
};

/** The end of billing. A suspended subscription can start again and be suspended again, so its time is in the key. */
export const ended: Handler = (event, settings) => {
  const { resource, type } = event;
  const id = idAt(resource, 'id');
  if (id === undefined) return lacks(event, 'id');
  const at = changedAt(event);
  const word = type.slice(type.lastIndexOf('.') + 1).toLowerCase();
  return [
    {
      key: word === 'suspended' ? `${id}:suspended:${at ?? ''}` : `${id}:${word}`,
      type: 'CANCELED',
      nativeType: type,
      test: event.test,
      occurredAt: at,
      order: { id },
      ...compact({
        attribution: attributionOf(resource, settings),
        customer: customerOf(resource),
      }),
    },
  ];
};
