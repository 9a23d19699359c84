import type { ChildProcess } from 'node:child_process';
import os from 'node:os';

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
const companions = new Set<ChildProcess>();
let watching = false;

/** Ends every companion when this process ends. A signal alone would end it without a last word. */
function watch(): void {
  watching = true;
  process.once('exit', () => {
    for (const child of companions) child.kill('SIGKILL');
  });
  for (const signal of SIGNALS)
    process.once(signal, () => process.exit(128 + os.constants.signals[signal]));
}

/** A child that must not outlive this process, whatever ends it short of SIGKILL. For rigs: the child gets no time. */
export function accompany(child: ChildProcess): void {
  if (!watching) watch();
  companions.add(child);
  child.once('exit', () => companions.delete(child));
}
