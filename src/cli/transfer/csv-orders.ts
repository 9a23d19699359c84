import { money } from '../../contract/money.js';
import { nearest } from '../../platform/config/nearest.js';
import { usageFault } from '../program/exit.js';
import { splitPair } from '../setup/given-values.js';
import { csvRows } from './csv.js';

/** Members of an order that a column may hold; `remoteIds.<target>.<name>` beside them. */
export const ORDER_MEMBERS = [
  ...['orderId', 'occurredAt', 'amount', 'currency', 'type', 'line', 'aliases', 'key'],
  ...['clickId', 'affiliateId', 'coupon', 'offerId'],
] as const;

const isMember = (name: string): boolean =>
  ORDER_MEMBERS.some((one) => one === name) || /^remoteIds\.[^.]+\.[^.]+$/.test(name);

/** `--map orderId=order_number`: which column holds which member. Columns that no member wants are left out. */
function membersOf(
  head: readonly string[],
  maps: readonly string[],
): readonly (string | undefined)[] {
  const named = new Map(head.map((column) => [column, isMember(column) ? column : undefined]));
  for (const pair of maps) {
    const [member, column] = splitPair('map', pair);
    if (!isMember(member)) {
      const meant = nearest(member, ORDER_MEMBERS);
      throw usageFault(
        `an order has no member "${member}"`,
        meant === undefined ? `it has ${ORDER_MEMBERS.join(', ')}` : `did you mean ${meant}?`,
      );
    }
    if (!named.has(column)) {
      const meant = nearest(column, head);
      throw usageFault(
        `the file has no column "${column}"`,
        meant === undefined ? `it has ${head.join(', ')}` : `did you mean ${meant}?`,
      );
    }
    for (const [other, of] of named) if (of === member) named.set(other, undefined);
    named.set(column, member);
  }
  return head.map((column) => named.get(column));
}

type Order = Record<string, unknown>;

function place(order: Order, member: string, value: string): void {
  const [first = '', target, name] = member.split('.');
  if (target === undefined || name === undefined) {
    order[first] = value;
    return;
  }
  const all = (order[first] ??= {}) as Record<string, Record<string, string>>;
  (all[target] ??= {})[name] = value;
}

/**
 * Amounts in a file for people are decimal; the ledger counts minor units. What cannot be read stays as it is, and the
 * gateway names it as a fault of its line.
 */
function finished(order: Order): Order {
  const { amount, currency, aliases, type } = order as Record<string, string | undefined>;
  const read = money(amount, currency);
  return {
    ...order,
    ...(read === undefined ? {} : { amount: read.amount, currency: read.currency }),
    ...(aliases === undefined ? {} : { aliases: aliases.split(/[|;]/).map((one) => one.trim()) }),
    ...(type === undefined ? {} : { type: type.toUpperCase() }),
  };
}

/** One order per row of a CSV file. Empty cells are left out. */
export function csvOrders(text: string, maps: readonly string[]): readonly Order[] {
  const [head = [], ...rows] = csvRows(text);
  const members = membersOf(
    head.map((name) => name.trim()),
    maps,
  );
  if (!members.includes('orderId'))
    throw usageFault('no column is orderId', `the columns are ${head.join(', ')}: --map orderId=…`);
  return rows.map((row) => {
    const order: Order = {};
    members.forEach((member, at) => {
      const value = row[at]?.trim() ?? '';
      if (member !== undefined && value !== '') place(order, member, value);
    });
    return finished(order);
  });
}
