const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Without a terminal a line may come this often, milliseconds. */
const PLAIN_EVERY_MS = 5000;

/**
 * The one line that changes while something takes a moment. On a terminal it is rewritten in place; elsewhere it is
 * printed anew every few seconds.
 */
export class StatusLine {
  private frame = 0;
  private shown = false;
  private printedAt = 0;

  constructor(
    private readonly write: (text: string) => void,
    private readonly isTerminal: boolean,
  ) {}

  show(text: string): void {
    if (this.isTerminal) {
      this.frame = (this.frame + 1) % FRAMES.length;
      this.write(`\r\u001B[2K  ${FRAMES[this.frame] ?? ''} ${text}`);
      this.shown = true;
    } else if (Date.now() - this.printedAt >= PLAIN_EVERY_MS) {
      this.write(`  … ${text}\n`);
      this.printedAt = Date.now();
    }
  }

  /** Makes room for lasting lines. */
  clear(): void {
    if (this.shown) this.write('\r\u001B[2K');
    this.shown = false;
  }
}
