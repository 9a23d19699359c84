/** The longest nap (milliseconds): what was waited for may come earlier than was thought. */
const LONGEST_MS = 1000;

/** Rings once, later; asked again while it is set, it stays as it is. */
export class Alarm {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ring: () => void) {}

  set(ms: number): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.ring();
      },
      Math.min(ms, LONGEST_MS),
    );
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
