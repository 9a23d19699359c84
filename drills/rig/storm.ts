import { fork, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StormAnswer, StormOrder } from './storm-sender.js';

export interface StormResult {
  /** How often each status came; 0: no answer. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Milliseconds during which all processes were sending at once. */
  readonly togetherMs: number;
}

interface Storming {
  readonly child: ChildProcess;
  readonly ready: Promise<unknown>;
  readonly done: Promise<Extract<StormAnswer, { statuses: unknown }>>;
}

function begin(root: string, file: string): Storming {
  const child = fork(path.join(root, 'dist/drills/rig/storm-sender.js'), [file], { execArgv: [] });
  const answers: StormAnswer[] = [];
  const wanted = (at: number): Promise<StormAnswer> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const answer = answers[at];
        if (answer) resolve(answer);
      };
      child.on('message', look);
      child.once('exit', () => reject(new Error('a sender process ended early')));
    });
  child.on('message', (answer: StormAnswer) => answers.push(answer));
  const done = wanted(1).then((answer) => {
    if ('statuses' in answer) return answer;
    throw new Error('a sender process answered out of turn');
  });
  done.catch(() => undefined);
  return { child, ready: wanted(0), done };
}

/** Sends all orders from a process each, at the same moment: none begins before all are ready. */
export async function storm(
  root: string,
  dir: string,
  orders: readonly StormOrder[],
): Promise<StormResult> {
  const senders = orders.map((order, i) => {
    const file = path.join(dir, `storm${i}.json`);
    writeFileSync(file, JSON.stringify(order));
    return begin(root, file);
  });
  try {
    await Promise.all(senders.map(({ ready }) => ready));
    for (const { child } of senders) child.send('go');
    const answers = await Promise.all(senders.map(({ done }) => done));
    const statuses = new Map<string, number>();
    for (const answer of answers)
      for (const [status, n] of Object.entries(answer.statuses))
        statuses.set(status, (statuses.get(status) ?? 0) + n);
    const togetherMs =
      Math.min(...answers.map(({ to }) => to)) - Math.max(...answers.map(({ from }) => from));
    return { statuses, togetherMs };
  } finally {
    for (const { child } of senders) child.kill('SIGKILL');
  }
}
