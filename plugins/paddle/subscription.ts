import { compact, fromIso, shopAttribution, textAt, textsAt } from '#contract';
import { idAt, lacks, type Handler } from './message.js';

/** `subscription.canceled`: it has ended. A wish to end it later is only an update with a scheduled change. */
export const canceled: Handler = (event, settings) => {
  const { data } = event;
  const id = idAt(data, 'id');
  if (id === undefined) return lacks(event, 'id');
  const customer = idAt(data, 'customer_id');
  return [
    {
      key: `${id}:canceled`,
      type: 'CANCELED',
      nativeType: event.type,
      test: event.test,
      occurredAt: fromIso(textAt(data, 'canceled_at')) ?? event.at,
      order: { id },
      ...compact({
        attribution: shopAttribution(textsAt(data, 'custom_data'), settings),
        customer: customer === undefined ? undefined : { id: customer },
      }),
    },
  ];
};
