import { Client } from '../gateway/client.js';
import { paintFor, type Paint } from '../demo/tell/paint.js';
import { nameOf, type Command } from './command.js';
import { usageFault } from './exit.js';
import type { Io } from './io.js';
import type { Given } from './read-arguments.js';

/** One call of one command: what was given, and everything that it may use. */
export class Call {
  readonly paint: Paint;
  private made: Client | undefined;

  constructor(
    readonly command: Command,
    private readonly given: Given,
    readonly io: Io,
  ) {
    const { terminal, env } = io.around;
    this.paint = paintFor(terminal.out && !this.json, env);
  }

  get json(): boolean {
    return this.flag('json');
  }

  get words(): readonly string[] {
    return this.given.words;
  }

  /** The admin API of the gateway. Throws where no key is to be found. */
  get api(): Client {
    this.made ??= Client.open({ url: this.text('url'), keyFile: this.text('key-file') }, this.io);
    return this.made;
  }

  /** The nth word; the count was checked before. */
  word(at: number): string {
    return this.given.words[at] ?? '';
  }

  text(name: string): string | undefined {
    const value = this.given.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** An option without which there is nothing to do. */
  needed(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '')
      throw usageFault(`--${name} is needed`, `waybill ${nameOf(this.command)} --help`);
    return value;
  }

  flag(name: string): boolean {
    return this.given.values[name] === true;
  }

  list(name: string): readonly string[] {
    const value = this.given.values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** Values of an option that may be repeated or hold several, separated by commas. */
  parts(name: string): readonly string[] {
    const parts = this.list(name).flatMap((one) => one.split(','));
    return parts.map((one) => one.trim()).filter((one) => one !== '');
  }

  whole(name: string, least: number, most: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw usageFault(`--${name} must be a whole number from ${least} to ${most}; not "${value}"`);
  }

  /** One JSON document: indented for a person, in one line for a program. */
  document(value: unknown): void {
    const space = this.io.around.terminal.out ? 2 : 0;
    this.io.say(JSON.stringify(value, null, space));
  }
}
