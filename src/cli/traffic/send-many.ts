import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from '../program/call.js';
import { EXIT, type Exit } from '../program/exit.js';
import { Progress } from '../show/progress.js';
import { counted } from '../show/words.js';
import { sendOne } from './send-one.js';
import type { Ready } from './ready.js';

/** Notifications on the way at one time. */
const AT_ONCE = 8;

interface Tally {
  started: number;
  done: number;
  readonly statuses: Map<number, number>;
}

/** One of several senders: takes the next turn until there is none. `rate`: so many in a second, all senders together. */
async function sender(call: Call, prepared: Ready, tally: Tally, plan: Plan): Promise<void> {
  const { signal, now } = call.io.around;
  while (tally.started < plan.count && !signal.aborted) {
    const turn = tally.started;
    tally.started += 1;
    const due = plan.rate === undefined ? 0 : plan.startedAt + (turn * 1000) / plan.rate - now();
    if (due > 0) await pause(due, undefined, { signal });
    const { status } = await sendOne(call, prepared);
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    tally.done += 1;
    plan.progress.to(tally.done);
  }
}

interface Plan {
  readonly count: number;
  readonly rate: number | undefined;
  readonly startedAt: number;
  readonly progress: Progress;
}

/** Sends many notifications, and says how many were taken. */
export async function sendMany(call: Call, prepared: Ready, count: number): Promise<Exit> {
  const { io } = call;
  const rate = call.whole('rate', 1, 10_000);
  if (!prepared.message.fresh)
    io.note('note: each of these is the same purchase, so it is counted once');
  const startedAt = io.around.now();
  const progress = new Progress(io, 'sending', count, call.json);
  const tally: Tally = { started: 0, done: 0, statuses: new Map() };
  const plan = { count, rate, startedAt, progress };
  await Promise.all(Array.from({ length: AT_ONCE }, () => sender(call, prepared, tally, plan)));
  progress.end();
  const ms = io.around.now() - startedAt;
  const statuses = [...tally.statuses].sort(([a], [b]) => a - b);
  const taken = statuses.reduce(
    (sum, [status, n]) => (status >= 200 && status < 300 ? sum + n : sum),
    0,
  );
  if (call.json)
    call.document({ sent: tally.done, taken, ms, statuses: Object.fromEntries(statuses) });
  else {
    const by = statuses.map(([status, n]) => `${n} × ${status === 0 ? 'no answer' : status}`);
    io.say(
      `${counted(tally.done, 'notification', 'notifications')} in ${(ms / 1000).toFixed(1)} s: ${by.join(', ')}`,
    );
    io.say(`Next  waybill events ls --account ${prepared.account}`);
  }
  return taken === count ? EXIT.ok : EXIT.failed;
}
