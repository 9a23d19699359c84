/** Whether this process still takes new work. Flipped once, by SIGTERM. */
export class Drain {
  private started = false;

  get draining(): boolean {
    return this.started;
  }

  begin(): void {
    this.started = true;
  }
}
