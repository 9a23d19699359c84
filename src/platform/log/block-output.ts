import { write, writeSync } from 'node:fs';

/** What the output needs of the file system. */
export interface Writing {
  write(
    fd: number,
    block: Buffer,
    done: (error: NodeJS.ErrnoException | null, written: number) => void,
  ): void;
  writeSync(fd: number, block: Buffer): number;
}

const BLOCK = 4096;
const EVERY_MS = 1000;
const AGAIN_MS = 50;
/** What cannot be written is kept up to so many characters; beyond that the newest lines are dropped and counted. */
const MOST = 1_048_576;

const isBusy = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'EAGAIN' || error.code === 'EBUSY';

const lossOf = (lines: number): string =>
  `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), lines, msg: 'the log could not be written; lines are lost' })}\n`;

/**
 * Lines leave in blocks, at the latest after a second: one write per line costs more than making it. A log that cannot be
 * written (full disk, closed pipe) costs lines and nothing else: this never throws, blocks, or grows without end. A
 * process that is killed loses its last lines, never anything of the ledger.
 */
export class BlockOutput {
  private lines = '';
  /** Taken off the lines and not written yet: a line that was begun is finished, however long the disk was full. */
  private block: Buffer = Buffer.alloc(0);
  private writing = false;
  private dropped = 0;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly fd: number,
    private readonly fs: Writing = { write, writeSync },
  ) {
    setInterval(() => this.begin(), EVERY_MS).unref();
  }

  /** Takes one line, its end included. */
  write(line: string): void {
    if (this.lines.length + this.block.length + line.length > MOST) {
      this.dropped += 1;
      return;
    }
    this.lines += line;
    if (this.lines.length >= BLOCK) this.begin();
  }

  /** Calls back when everything taken so far is written, or cannot be. */
  flush(done: () => void = () => undefined): void {
    this.waiting.push(done);
    this.begin();
  }

  /** The last words of a process: one try only, for a full disk must not keep it from ending. */
  end(): void {
    // What is on its way must not be said twice.
    if (this.writing) this.block = Buffer.alloc(0);
    this.fill();
    try {
      this.block = this.block.subarray(this.fs.writeSync(this.fd, this.block));
    } catch {
      // There is nobody left to tell.
      this.block = Buffer.alloc(0);
    }
  }

  private fill(): void {
    if (this.lines !== '') this.block = Buffer.concat([this.block, Buffer.from(this.lines)]);
    this.lines = '';
  }

  private begin(): void {
    if (this.writing) return;
    this.fill();
    if (this.block.length > 0) this.put();
    else this.settle();
  }

  private put(): void {
    this.writing = true;
    this.fs.write(this.fd, this.block, (error, written) => {
      if (error === null) this.wrote(written);
      else if (isBusy(error)) setTimeout(() => this.put(), AGAIN_MS);
      else this.settle();
    });
  }

  private wrote(bytes: number): void {
    this.block = this.block.subarray(bytes);
    if (this.block.length === 0 && this.dropped > 0) {
      this.lines += lossOf(this.dropped);
      this.dropped = 0;
    }
    const wanted = this.lines.length >= BLOCK || this.waiting.length > 0;
    if (this.block.length === 0 && wanted) this.fill();
    if (this.block.length > 0) this.put();
    else this.settle();
  }

  private settle(): void {
    this.writing = false;
    const done = this.waiting;
    this.waiting = [];
    for (const one of done) one();
  }
}
