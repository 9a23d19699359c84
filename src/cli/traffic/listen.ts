import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../../contract/read.js';
import { orTooOld } from '../gateway/absent.js';
import { serverEvents } from '../gateway/server-events.js';
import type { Call } from '../program/call.js';
import { CliFault, EXIT, messageOf, type Exit } from '../program/exit.js';
import { usageFault } from '../program/exit.js';
import { tailLine } from './tail-line.js';

const KINDS = ['receipts', 'events', 'deliveries'] as const;
/** Without a sign of life for so long the connection is taken for dead, milliseconds. */
const SILENCE_MS = 60_000;
/** The first time at once: a gateway that is restarted behind a load balancer is there already. */
const FIRST_WAIT_MS = 0;
const NEXT_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

interface Tail {
  /** The last one that was shown; after a break the gateway goes on behind it. */
  cursor: string | undefined;
  shown: number;
  waitMs: number;
  readonly most: number;
}

function kindsOf(call: Call): string {
  const given = call.parts('kinds');
  const wrong = given.find((one) => !KINDS.some((known) => known === one));
  if (wrong !== undefined) throw usageFault(`--kinds takes ${KINDS.join(', ')}; not "${wrong}"`);
  return (given.length === 0 ? KINDS : given).join(',');
}

function show(call: Call, kind: string, data: string): void {
  if (call.json) {
    const parsed: unknown = JSON.parse(data);
    call.io.say(JSON.stringify(isRecord(parsed) ? { kind, ...parsed } : { kind, data: parsed }));
    return;
  }
  call.io.say(tailLine(call.paint, kind, JSON.parse(data) as unknown));
}

/** One connection, until it breaks, the last one was shown, or somebody stops us. */
async function follow(call: Call, tail: Tail, kinds: string): Promise<void> {
  const query = { kinds, account: call.text('account'), target: call.text('target') };
  const headers = {
    accept: 'text/event-stream',
    ...(tail.cursor === undefined ? {} : { 'last-event-id': tail.cursor }),
  };
  const answer = await orTooOld('live tail', () =>
    call.api.ask('GET', 'tail', { query, headers, limitMs: null }),
  );
  if (!answer.body) return;
  if (tail.shown === 0 && tail.cursor === undefined)
    call.io.note(`listening to ${kinds.replaceAll(',', ', ')}; Ctrl-C ends it`);
  const reader = answer.body;
  let silence: NodeJS.Timeout | undefined;
  const beat = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => void reader.cancel().catch(() => undefined), SILENCE_MS);
    silence.unref();
  };
  try {
    for await (const event of serverEvents(reader, beat)) {
      tail.waitMs = FIRST_WAIT_MS;
      tail.cursor = event.id ?? tail.cursor;
      if (event.data === '') continue;
      show(call, event.kind, event.data);
      tail.shown += 1;
      if (tail.shown >= tail.most) return;
    }
  } finally {
    clearTimeout(silence);
  }
}

/** A gateway that says no is not asked again; one that is away for a moment is. */
const isLasting = (error: unknown): boolean =>
  error instanceof CliFault && error.code !== 'WB_CLI_UNREACHABLE';

export async function run(call: Call): Promise<Exit> {
  const { signal } = call.io.around;
  const kinds = kindsOf(call);
  const most = call.whole('max', 1, 999_999_999) ?? Infinity;
  const tail: Tail = { cursor: undefined, shown: 0, waitMs: FIRST_WAIT_MS, most };
  let connected = false;
  for (;;) {
    try {
      await follow(call, tail, kinds);
      connected = true;
    } catch (error) {
      if (signal.aborted) return EXIT.ok;
      connected ||= tail.shown > 0;
      if (isLasting(error) || !connected) throw error;
      call.io.note(`the connection broke (${messageOf(error)})`);
    }
    if (signal.aborted || tail.shown >= most) return EXIT.ok;
    const when = tail.waitMs === 0 ? '' : ` in ${tail.waitMs / 1000} s`;
    call.io.note(`connecting again${when}, going on behind the last one`);
    await pause(tail.waitMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return EXIT.ok;
    tail.waitMs = Math.min(Math.max(tail.waitMs * 2, NEXT_WAIT_MS), LONGEST_WAIT_MS);
  }
}
