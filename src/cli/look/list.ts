import type { Item, Query } from '../gateway/client.js';
import { rowsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { usageFault } from '../program/exit.js';
import { tableLines, type Column } from '../show/table.js';

const DEFAULT_ROWS = 50;
const MOST_ROWS = 100_000;

/** One row per line for a program, a table for a person; what to do next on standard error. */
export async function showList(
  call: Call,
  list: string,
  query: Query,
  columns: readonly Column<Item>[],
): Promise<void> {
  const most = call.whole('limit', 1, MOST_ROWS) ?? DEFAULT_ROWS;
  const rows: Item[] = [];
  for await (const item of rowsOf(call.api, list, query, most)) {
    if (call.json) call.io.say(JSON.stringify(item));
    else rows.push(item);
  }
  if (call.json) return;
  if (rows.length === 0) call.io.note(`no ${list.replace('-', ' ')} found`);
  else for (const line of tableLines(columns, rows)) call.io.say(line);
  if (rows.length === most && call.text('limit') === undefined)
    call.io.note(`(the newest ${most}; --limit N shows more)`);
}

/** One document for a program; for a person what `lines` makes of it. */
export function showOne(call: Call, item: Item, lines: (item: Item) => readonly string[]): void {
  if (call.json) call.document(item);
  else for (const line of lines(item)) call.io.say(line);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `--from` and `--to`; `--since 2h` is a `--from` of so long ago. */
export function timeRange(call: Call): Query {
  const since = call.text('since');
  const from = call.text('from');
  if (since === undefined) return { from, to: call.text('to') };
  if (from !== undefined) throw usageFault('say --since or --from, not both');
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(since) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (ms === 0) throw usageFault(`--since must be like 30m, 2h or 7d; not "${since}"`);
  return { from: new Date(call.io.around.now() - ms).toISOString(), to: call.text('to') };
}
