import { isRecord, listAt, textAt } from '../../contract/read.js';
import { orTooOld } from '../gateway/absent.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { EXIT, failure, type Exit } from '../program/exit.js';
import { confirm } from '../show/ask.js';
import { Progress } from '../show/progress.js';
import { readInput } from '../show/read-input.js';
import { printable } from '../show/table.js';
import { counted } from '../show/words.js';
import { csvOrders } from './csv-orders.js';

/** Orders of one request. */
const BATCH = 500;
/** Faults that a person reads; --json has them all. */
const SHOWN_FAULTS = 20;

interface Line {
  /** Where it stands in the user's file, from 1. */
  readonly at: number;
  readonly text: string;
}

interface Fault {
  readonly line: number;
  readonly code: string;
  readonly says: string;
}

/** One order per line, whatever the file looks like. The line of CSV is counted as rows are: the head is 1. */
function linesOf(call: Call, text: string, isCsv: boolean): readonly Line[] {
  if (isCsv)
    return csvOrders(text, call.list('map')).map((one, i) => ({
      at: i + 2,
      text: JSON.stringify(one),
    }));
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ at: i + 1, text: line.trim() }))
    .filter((line) => line.text !== '');
}

const faultsOf = (answer: Item, batch: readonly Line[]): readonly Fault[] =>
  listAt(answer, 'faults')
    .filter(isRecord)
    .map((one) => ({
      // The gateway counts the lines of what it was sent.
      line: batch[Number(one['line']) - 1]?.at ?? Number(one['line']),
      code: textAt(one, 'code') ?? '',
      says: textAt(one, 'says') ?? '',
    }));

interface Sum {
  recorded: number;
  repeats: number;
  readonly faults: Fault[];
}

async function sent(call: Call, lines: readonly Line[], dryRun: boolean): Promise<Sum> {
  const account = call.needed('account');
  const progress = new Progress(
    call.io,
    dryRun ? 'checking' : 'importing',
    lines.length,
    call.json,
  );
  const sum: Sum = { recorded: 0, repeats: 0, faults: [] };
  for (let from = 0; from < lines.length; from += BATCH) {
    const batch = lines.slice(from, from + BATCH);
    const text = `${batch.map((line) => line.text).join('\n')}\n`;
    const raw = { type: 'application/x-ndjson', text };
    const query = { account, dryRun: String(dryRun) };
    const answer = await orTooOld('import of orders', () =>
      call.api.json('POST', 'imports/orders', { query, raw }),
    );
    sum.recorded += Number(textAt(answer, 'recorded') ?? 0);
    sum.repeats += Number(textAt(answer, 'repeats') ?? 0);
    sum.faults.push(...faultsOf(answer, batch));
    progress.to(from + batch.length);
  }
  progress.end();
  return sum;
}

function tell(call: Call, { recorded, repeats, faults }: Sum, dryRun: boolean): void {
  if (call.json) {
    call.document({ dryRun, recorded, repeats, faults });
    return;
  }
  const would = dryRun ? 'would be recorded' : 'recorded';
  call.io.say(
    `${counted(recorded, 'order', 'orders')} ${would}, ${repeats.toLocaleString('en')} known already, ${counted(faults.length, 'fault', 'faults')}`,
  );
  for (const { line, code, says } of faults.slice(0, SHOWN_FAULTS))
    call.io.say(`  line ${line}: ${code} ${printable(says)}`);
  if (faults.length > SHOWN_FAULTS)
    call.io.say(`  … and ${faults.length - SHOWN_FAULTS} more; --json lists them all`);
}

export async function run(call: Call): Promise<Exit> {
  const file = call.word(0);
  call.needed('account');
  const isCsv =
    call.text('format') === 'csv' || (call.text('format') === undefined && file.endsWith('.csv'));
  const lines = linesOf(call, (await readInput(call.io, file)).toString('utf8'), isCsv);
  if (lines.length === 0) throw failure(`${file} holds no orders`);
  const dryRun = call.flag('dry-run');
  if (!dryRun)
    await confirm(
      call.io,
      call.flag('yes'),
      `import ${counted(lines.length, 'order', 'orders')} into the account ${call.needed('account')}?`,
    );
  const sum = await sent(call, lines, dryRun);
  tell(call, sum, dryRun);
  return sum.faults.length > 0 ? EXIT.failed : EXIT.ok;
}
