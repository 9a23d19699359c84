import { isRecord, textAt } from '../../contract/read.js';
import { CliFault, EXIT } from '../program/exit.js';
import type { Client, Item, Query } from './client.js';

const PAGE = 200;

/** The rows of a list. Throws when it is none: an empty table would say that nothing is there. */
export const itemsOf = (answer: Item): readonly Item[] => {
  const { items } = answer;
  if (Array.isArray(items)) return items.filter(isRecord);
  throw new CliFault(
    EXIT.unreachable,
    'WB_CLI_UNREACHABLE',
    'the answer is no list, as a Waybill gateway gives it',
    'check --url or WAYBILL_URL: another server seems to answer there',
  );
};

/** The first `most` rows of a list, newest first, page by page. */
export async function* rowsOf(
  api: Client,
  list: string,
  query: Query,
  most: number,
): AsyncGenerator<Item> {
  let left = most;
  let cursor: string | undefined;
  do {
    const limit = String(Math.min(left, PAGE));
    const page = await api.get(list, { ...query, limit, cursor });
    for (const item of itemsOf(page).slice(0, left)) {
      left -= 1;
      yield item;
    }
    cursor = textAt(page, 'nextCursor');
  } while (cursor !== undefined && left > 0);
}
