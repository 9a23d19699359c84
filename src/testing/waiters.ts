/** Those who wait until enough has happened; `wake` makes each look again. */
export class Waiters {
  private readonly waiting = new Set<() => void>();

  wake(): void {
    for (const look of this.waiting) look();
  }

  async until(enough: () => boolean, withinMs: number, complaint: () => string): Promise<void> {
    if (enough()) return;
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
      };
      const look = (): void => {
        if (!enough()) return;
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(complaint()));
      }, withinMs);
      this.waiting.add(look);
    });
  }
}
