import type { Call } from './call.js';
import type { Exit } from './exit.js';

/** One option of a command. */
export interface Option {
  /** `true` for a switch; else the word that stands for its value in the help. */
  readonly value: string | true;
  readonly help: string;
  readonly short?: string;
  readonly multiple?: true;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
}

export type Options = Readonly<Record<string, Option>>;

/** What a module of a command exports. Without a number the command ends with 0. */
export interface Program {
  run(call: Call): Promise<Exit | void>;
}

/** One command: everything that help and completion need, and the way to its code. */
export interface Command {
  /** `['events', 'ls']` */
  readonly path: readonly string[];
  readonly summary: string;
  /** The words behind it, as the help shows them: `<id>`. */
  readonly words?: string;
  /** How many words it takes: least and most. Default: none. */
  readonly count?: readonly [least: number, most: number];
  readonly options?: Options;
  /** Paragraphs under the summary. */
  readonly about?: string;
  readonly examples: readonly string[];
  /** Neither address nor key is needed. */
  readonly offline?: true;
  readonly load: () => Promise<Program>;
}

const GATEWAY: Options = {
  url: { value: 'URL', help: 'where the gateway is (WAYBILL_URL, else http://127.0.0.1:3000)' },
  'key-file': {
    value: 'FILE',
    help: 'file with the admin key (else WAYBILL_ADMIN_KEY, else admin-key in the data directory)',
  },
};

const EVERYWHERE: Options = {
  json: { value: true, help: 'machine-readable: one JSON document, or one per line' },
  help: { value: true, short: 'h', help: 'this text' },
};

/** The command's own options. */
export const ownOptions = ({ options = {} }: Command): Options => options;

/** The options that all commands share. */
export const sharedOptions = ({ offline }: Command): Options => ({
  ...(offline ? {} : GATEWAY),
  ...EVERYWHERE,
});

export const nameOf = ({ path }: Command): string => path.join(' ');
