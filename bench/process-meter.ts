import { readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second (`getconf CLK_TCK`, 100 on every Linux that Node runs on). */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 100;

/** CPU seconds that a process has used; NaN where /proc does not tell. */
export function cpuSeconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; utime and stime are the 12th and 13th field behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

/** Resident memory of a process, MiB; NaN where /proc does not tell. */
export function rssMb(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Watches processes until `stop`: greatest resident memory (MiB) of any one of them, sampled. */
export class RssMeter {
  private readonly timer: NodeJS.Timeout;
  private greatest = Number.NaN;

  constructor(private readonly pids: readonly number[]) {
    this.sample();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
  }

  stop(): number {
    clearInterval(this.timer);
    this.sample();
    return this.greatest;
  }

  private sample(): void {
    for (const pid of this.pids) {
      const now = rssMb(pid);
      if (!(now <= this.greatest) && !Number.isNaN(now)) this.greatest = now;
    }
  }
}
