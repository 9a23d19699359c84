import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Kept lines are written out at least so often (milliseconds). */
const GROUP_MS = 50;

/** A file of JSON lines that outlives whatever happens to the processes under test; synced in groups. */
export class Journal<T> {
  private readonly fd: number;
  private held: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(readonly file: string) {
    this.fd = openSync(file, 'a');
  }

  add(line: T): void {
    if (this.closed) return;
    this.held.push(JSON.stringify(line));
    this.timer ??= setTimeout(() => this.sync(), GROUP_MS);
  }

  sync(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.held.length === 0) return;
    writeSync(this.fd, `${this.held.join('\n')}\n`);
    this.held = [];
    fsyncSync(this.fd);
  }

  close(): void {
    if (this.closed) return;
    this.sync();
    this.closed = true;
    closeSync(this.fd);
  }
}

/** The lines of a journal. */
export function readJournal<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
