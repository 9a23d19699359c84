import type { Readable } from 'node:stream';
import { MASK } from '../../contract/settings-view.js';

/** Everything through which a command meets the world; a test hands over its own. */
export interface Surroundings {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: Readable;
  /** The three ends of the pipe: is a person there? */
  readonly terminal: { readonly in: boolean; readonly out: boolean; readonly err: boolean };
  /** Width of the terminal, characters. */
  readonly columns: number;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly now: () => number;
  /** Aborted by Ctrl-C, and when the reader of our output is gone. */
  readonly signal: AbortSignal;
}

/** Shorter texts are too common to be taken out of an output. */
const SHORTEST = 6;

/** The two voices of a command. Every secret that it came to know is taken out of whatever it says. */
export class Io {
  private readonly secrets = new Set<string>();

  constructor(readonly around: Surroundings) {}

  /** From now on this text is masked. */
  keep(secret: string | undefined): void {
    if (secret === undefined || secret.length < SHORTEST) return;
    this.secrets.add(secret);
    this.secrets.add(encodeURIComponent(secret));
    this.secrets.add(JSON.stringify(secret).slice(1, -1));
  }

  masked(text: string): string {
    const longestFirst = [...this.secrets].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  }

  /** A line on standard output. */
  say(line = ''): void {
    this.around.out(this.masked(`${line}\n`));
  }

  /** A line on standard error: what is about the command, not its result. */
  note(line = ''): void {
    this.around.err(this.masked(`${line}\n`));
  }

  /** The one thing that is shown on purpose though it is secret: a key that was made just now. */
  reveal(text: string): void {
    this.around.out(text);
  }
}
