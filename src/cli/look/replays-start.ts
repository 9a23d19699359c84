import { setTimeout as pause } from 'node:timers/promises';
import { isRecord, listAt, textAt } from '../../contract/read.js';
import { orTooOld } from '../gateway/absent.js';
import type { Item } from '../gateway/client.js';
import type { Call } from '../program/call.js';
import { EXIT, usageFault, type Exit } from '../program/exit.js';
import { confirm } from '../show/ask.js';
import { Progress } from '../show/progress.js';
import { counted } from '../show/words.js';
import { showOne, timeRange } from './list.js';
import { replayLines } from './replays-show.js';

const LOOK_EVERY_MS = 500;

function wantedReplay(call: Call): Record<string, unknown> {
  const kind = call.word(0);
  if (kind !== 'deliveries' && kind !== 'receipts')
    throw usageFault(`say what to replay: deliveries or receipts; not "${kind}"`);
  const states = call.parts('state');
  const filter = {
    target: call.text('target'),
    account: call.text('account'),
    state: states.length === 0 ? undefined : states,
    reason: call.text('reason'),
    type: call.text('type')?.toUpperCase(),
    ...timeRange(call),
  };
  if (Object.values(filter).every((one) => one === undefined))
    throw usageFault(
      'say which: a replay of everything is never meant',
      'for example --target tap --state refused --since 2h',
    );
  return { kind, filter, ratePerSecond: call.whole('rate', 1, 1000) };
}

function previewLines(kind: string, preview: Item): readonly string[] {
  const by = preview['byTarget'] ?? preview['byAccount'];
  const counts = isRecord(by) ? Object.entries(by) : [];
  const sample = listAt(preview, 'sample').slice(0, 5).map(String);
  return [
    `${textAt(preview, 'matched') ?? 0} ${kind} match`,
    ...counts.map(([name, n]) => `  ${name}  ${String(n)}`),
    ...(sample.length === 0 ? [] : [`  for example ${sample.join(', ')}`]),
  ];
}

/** Looks at it until it has ended; Ctrl-C stops the looking, not the replay. */
async function watched(call: Call, started: Item): Promise<Item> {
  const id = encodeURIComponent(textAt(started, 'id') ?? '');
  const total = Number(textAt(started, 'matched') ?? 0);
  const progress = new Progress(call.io, 'replaying', total, call.json);
  let seen = started;
  while (textAt(seen, 'state') === 'running') {
    await pause(LOOK_EVERY_MS, undefined, { signal: call.io.around.signal });
    seen = await call.api.get(`replays/${id}`);
    progress.to(Number(textAt(seen, 'done') ?? 0));
  }
  progress.end();
  return seen;
}

export async function run(call: Call): Promise<Exit> {
  const wanted = wantedReplay(call);
  const kind = String(wanted['kind']);
  const post = (dryRun: boolean): Promise<Item> =>
    orTooOld('bulk replays', () =>
      call.api.json('POST', 'replays', { body: { ...wanted, dryRun } }),
    );
  const preview = await post(true);
  const matched = Number(textAt(preview, 'matched') ?? 0);
  if (call.flag('dry-run') || matched === 0) {
    showOne(call, preview, (item) => previewLines(kind, item));
    return EXIT.ok;
  }
  if (!call.json) for (const line of previewLines(kind, preview)) call.io.note(line);
  const what =
    kind === 'deliveries' ? counted(matched, 'delivery', kind) : counted(matched, 'receipt', kind);
  await confirm(call.io, call.flag('yes'), `replay ${what}?`);
  const started = await post(false);
  const end = call.flag('detach') ? started : await watched(call, started);
  showOne(call, end, replayLines);
  return textAt(end, 'state') === 'failed' ? EXIT.failed : EXIT.ok;
}
