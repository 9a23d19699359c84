import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BALLAST = 'ballast';

/** A file system of its own on one directory, small enough to be filled. */
export class SmallDisk {
  private constructor(readonly dir: string) {}

  /** Undefined where this user may not mount, or the system has no tmpfs. The directory is made. */
  static async mount(dir: string, megabytes: number): Promise<SmallDisk | undefined> {
    mkdirSync(dir, { recursive: true });
    const options = `size=${megabytes}m,mode=0700`;
    return run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir]).then(
      () => new SmallDisk(dir),
      () => undefined,
    );
  }

  /** Bytes that are left. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.dir);
    return bavail * bsize;
  }

  /** Takes all that is left; whatever is given free meanwhile is taken by the next call. */
  fill(): void {
    const fd = openSync(path.join(this.dir, BALLAST), 'a');
    for (const size of [1_048_576, 4096, 1]) {
      const block = Buffer.alloc(size);
      while (fits(fd, block));
    }
    closeSync(fd);
  }

  /** Gives back what `fill` took. */
  relieve(): void {
    rmSync(path.join(this.dir, BALLAST), { force: true });
  }

  async unmount(): Promise<void> {
    // Lazily: a process that is just ending may still hold a file.
    await run('umount', ['-l', this.dir]).catch(() => undefined);
  }
}

function fits(fd: number, block: Buffer): boolean {
  try {
    return writeSync(fd, block) === block.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
