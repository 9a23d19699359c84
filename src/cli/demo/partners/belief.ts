import type { LedgerDelivery } from '../ledger-reader.js';
import { moneyText } from '../tell/words.js';
import type { Partners } from './partners.js';
import type { Commission } from './tapfiliate-books.js';

const word = (approved: Commission['approved']): string =>
  approved === null ? 'pending' : approved ? 'approved' : 'disapproved';

function tapfiliate({ tap }: Partners, { event, remoteIds }: LedgerDelivery): string {
  const told = remoteIds['conversionId'];
  const found =
    tap.books.byId(typeof told === 'string' ? told : undefined) ??
    tap.books.conversions.find(({ eventId }) => eventId === event);
  if (!found) return '';
  const earned = found.commissions.map(
    ({ amount, approved }) => `${moneyText(amount)} for the affiliate, ${word(approved)}`,
  );
  return [`conversion ${found.id}`, ...earned].join(', ');
}

function tune({ tune: { books } }: Partners, { remoteIds }: LedgerDelivery): string {
  const found = books.find(({ eventId }) => eventId === remoteIds['tuneEventId']);
  return found ? `conversion ${found.eventId}, ${found.amount}, ${found.status}` : '';
}

function tracker({ tracker: { books } }: Partners, { event }: LedgerDelivery): string {
  const found = books.find(({ eventId }) => eventId === event);
  return found && found.repeats > 0 ? `told ${found.repeats + 1} times, counted once` : '';
}

/** What the partner makes of a delivery by its own books; '' when it has nothing to say. */
export function beliefOf(partners: Partners, delivery: LedgerDelivery): string {
  switch (delivery.target) {
    case 'tap':
      return tapfiliate(partners, delivery);
    case 'tune':
      return tune(partners, delivery);
    default:
      return tracker(partners, delivery);
  }
}
