import type { Io } from '../program/io.js';

const CELLS = 24;
/** On a terminal the line changes at most so often, milliseconds. */
const EVERY_MS = 100;
/** Elsewhere a line may come this often. */
const PLAIN_EVERY_MS = 5000;

/** How far something long has come, on standard error: a bar on a terminal, else a line now and then. */
export class Progress {
  private readonly startedAt: number;
  private shownAt = 0;
  private isShown = false;

  constructor(
    private readonly io: Io,
    private readonly what: string,
    /** Undefined: nobody knows how much there is. */
    private readonly total: number | undefined,
    private readonly quiet: boolean,
  ) {
    this.startedAt = io.around.now();
    this.shownAt = this.startedAt;
  }

  private line(done: number): string {
    const seconds = (this.io.around.now() - this.startedAt) / 1000;
    const rate = seconds > 0.5 ? `  ${Math.round(done / seconds).toLocaleString('en')}/s` : '';
    const so = done.toLocaleString('en');
    if (this.total === undefined) return `${this.what}  ${so}${rate}`;
    const part = this.total === 0 ? 1 : Math.min(1, done / this.total);
    const full = Math.round(part * CELLS);
    const bar = `${'█'.repeat(full)}${'░'.repeat(CELLS - full)}`;
    return `${this.what}  ${bar} ${so}/${this.total.toLocaleString('en')}${rate}`;
  }

  to(done: number): void {
    if (this.quiet) return;
    const now = this.io.around.now();
    const isTerminal = this.io.around.terminal.err;
    if (now - this.shownAt < (isTerminal ? EVERY_MS : PLAIN_EVERY_MS)) return;
    this.shownAt = now;
    if (!isTerminal) {
      this.io.note(this.line(done));
      return;
    }
    this.io.around.err(`\r\u001B[2K${this.io.masked(this.line(done))}`);
    this.isShown = true;
  }

  /** Makes room for lasting lines. */
  end(): void {
    if (this.isShown) this.io.around.err('\r\u001B[2K');
    this.isShown = false;
  }
}
