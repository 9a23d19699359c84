import { signalProcess } from './process-identity.js';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
// By symbol of the registry: two copies of this module (a test runner loads many) know each other's listeners.
const OURS = Symbol.for('waybill.stores.exit-guard');

/** What the guard needs of the stores it guards. */
export interface Guarded {
  pids(): readonly number[];
  stop(): Promise<void>;
}

/**
 * Sees to it that the children do not outlive this process by accident.
 * A process that handles signals itself is expected to call `stop()`, in its own order; in one that does
 * not, a signal stops the stores first. Answers the function that takes the guard away.
 */
export function guardExit(stores: Guarded): () => void {
  const onExit = () => {
    for (const pid of stores.pids()) signalProcess(pid, 'SIGTERM');
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (process.listeners(signal).some((listener) => !(OURS in listener))) return;
    // stop() takes this listener away, so that the signal sent again has its usual effect.
    void stores.stop().finally(() => process.kill(process.pid, signal));
  };
  Object.defineProperty(onSignal, OURS, { value: true });
  process.once('exit', onExit);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    process.off('exit', onExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
