import { cpuSeconds, RssMeter } from './process-meter.js';
import type { ServerProcess } from './server-process.js';
import type { BenchStores } from './stores.js';

/** CPU in microseconds per event, memory in MiB. */
export interface Used {
  /** All processes of the server. */
  readonly cpuServer: number;
  readonly cpuMongod: number;
  /** Server and stores, without loader and sink. */
  readonly cpuStack: number;
  /** Greatest of any one process of the server. */
  readonly rss: number;
}

interface Seconds {
  readonly server: number;
  readonly mongod: number;
  readonly stores: number;
}

const sum = (pids: readonly number[]): number =>
  pids.reduce((seconds, pid) => seconds + cpuSeconds(pid), 0);

/** Counts from here on what a server and the stores use. */
export class Usage {
  private readonly before: Seconds;
  private readonly rss: RssMeter;
  private readonly pids: readonly number[];

  constructor(
    servers: readonly ServerProcess[],
    private readonly stores: BenchStores,
  ) {
    this.pids = servers.map(({ pid }) => pid);
    this.before = this.now();
    this.rss = new RssMeter(this.pids);
  }

  /** Stops the count; a store that was restarted meanwhile has no figure (NaN). */
  end(events: number): Used {
    const after = this.now();
    const perEvent = (seconds: number): number => Math.round((seconds * 1e6) / events);
    const server = after.server - this.before.server;
    const whole = server + after.stores - this.before.stores;
    return {
      cpuServer: perEvent(server),
      cpuMongod: perEvent(after.mongod - this.before.mongod),
      cpuStack: perEvent(whole >= server ? whole : Number.NaN),
      rss: Math.round(this.rss.stop()),
    };
  }

  private now(): Seconds {
    return {
      server: sum(this.pids),
      mongod: cpuSeconds(this.stores.mongodPid),
      stores: sum(this.stores.pids),
    };
  }
}
