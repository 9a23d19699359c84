import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What one process holds at a moment. */
export interface ProcessSample {
  /** Bytes of memory in use. */
  readonly rss: number;
  /** Open files, sockets among them. */
  readonly handles: number;
  readonly sockets: number;
}

/** Reads what the kernel says about a process; undefined where there is no /proc, or no such process. */
export function sampleProcess(pid: number): ProcessSample | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
    const names = readdirSync(`/proc/${pid}/fd`);
    const sockets = names.filter((name) => linkOf(`/proc/${pid}/fd/${name}`).startsWith('socket:'));
    return { rss: kilobytes * 1024, handles: names.length, sockets: sockets.length };
  } catch {
    return undefined;
  }
}

/** A descriptor may be closed between the listing and the look. */
function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
