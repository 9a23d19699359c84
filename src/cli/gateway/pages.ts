import { isRecord, textAt } from '../../contract/read.js';
import type { Client, Item, Query } from './client.js';

const PAGE = 200;

export const itemsOf = (answer: Item): readonly Item[] => {
  const { items } = answer;
  return Array.isArray(items) ? items.filter(isRecord) : [];
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
