import os from 'node:os';
import type { BenchStores } from './stores.js';

/** Where the figures come from: without it they mean nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly mongod: string;
  readonly redis: string;
  /** Processes waiting for a core over the last minute, before the first run: more than 0.5 means other work. */
  readonly loadBefore: number;
}

export async function describeMachine(stores: BenchStores): Promise<Machine> {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    ...(await stores.versions()),
    loadBefore: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
  };
}

export const machineLine = (machine: Machine): string =>
  `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GiB, ${machine.system}; ` +
  `Node ${machine.node}, mongod ${machine.mongod}, redis ${machine.redis}; load ${machine.loadBefore} before`;
