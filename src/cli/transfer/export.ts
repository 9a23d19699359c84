import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { orTooOld } from '../gateway/absent.js';
import { timeRange } from '../look/list.js';
import type { Call } from '../program/call.js';
import { failure, messageOf, usageFault } from '../program/exit.js';
import { Progress } from '../show/progress.js';
import { counted } from '../show/words.js';

const NEWLINE = 10;

/** Counts lines as they pass. */
function lineCounter(onLines: (lines: number) => void): Transform {
  let lines = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const byte of chunk) if (byte === NEWLINE) lines += 1;
      onLines(lines);
      done(null, chunk);
    },
  });
}

const query = (call: Call, format: string) => ({
  format,
  orderId: call.text('order'),
  clickId: call.text('click'),
  eventId: call.text('event'),
  account: call.text('account'),
  target: call.text('target'),
  type: call.text('type')?.toUpperCase(),
  test: call.text('test'),
  ...(call.word(0) === 'receipts' ? { state: call.text('state') } : { status: call.text('state') }),
  ...timeRange(call),
});

/** Into a file beside it first: what bears the name is whole. */
async function intoFile(
  call: Call,
  body: Readable,
  counter: Transform,
  out: string,
): Promise<void> {
  const file = path.resolve(call.io.around.cwd, out);
  const part = `${file}.part`;
  try {
    const { signal } = call.io.around;
    // What affiliates and customers are called is nobody else's business on this machine.
    await pipeline(body, counter, createWriteStream(part, { mode: 0o600 }), { signal });
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    if (call.io.around.signal.aborted) throw error;
    throw failure(`the export broke off (${messageOf(error)}); nothing was left in ${file}`);
  }
}

async function ontoScreen(call: Call, body: Readable, counter: Transform): Promise<void> {
  await pipeline(body, counter, async (chunks: AsyncIterable<Buffer>) => {
    const decoder = new TextDecoder();
    for await (const chunk of chunks) call.io.around.out(decoder.decode(chunk, { stream: true }));
  });
}

export async function run(call: Call): Promise<void> {
  const what = call.word(0);
  if (!['events', 'deliveries', 'receipts'].includes(what))
    throw usageFault(`say what to export: events, deliveries or receipts; not "${what}"`);
  const format = call.text('format') ?? 'ndjson';
  const out = call.text('out') ?? '-';
  if (out !== '-' && !call.flag('force') && existsSync(path.resolve(call.io.around.cwd, out)))
    throw usageFault(`${out} is already there; nothing was written`, 'say --force to replace it');
  const asked = { query: query(call, format), headers: { accept: '*/*' }, limitMs: null };
  const answer = await orTooOld('exports', () => call.api.ask('GET', `exports/${what}`, asked));
  if (!answer.body) throw failure('the gateway sent nothing');
  const progress = new Progress(call.io, `exporting ${what}`, undefined, out === '-' || call.json);
  let lines = 0;
  const counter = lineCounter((n) => {
    lines = n;
    progress.to(n);
  });
  const body = Readable.fromWeb(answer.body);
  if (out === '-') {
    await ontoScreen(call, body, counter);
    return;
  }
  await intoFile(call, body, counter, out);
  progress.end();
  const rows = Math.max(0, format === 'csv' ? lines - 1 : lines);
  if (call.json) call.document({ file: path.resolve(call.io.around.cwd, out), format, rows });
  else call.io.say(`${counted(rows, 'row', 'rows')} in ${out}`);
}
