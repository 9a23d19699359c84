import { parseArgs } from 'node:util';

/** What was asked on the command line. */
export interface Wanted {
  /** One JSON object per line instead of text for people. */
  readonly json: boolean;
  /** Falsify one partner's record before the books are compared. */
  readonly break: boolean;
  /** Leave everything running until Ctrl-C. */
  readonly stay: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run demo [-- options]

Starts a real gateway on embedded MongoDB and Redis in a temporary directory, lets every source that it knows send it
signed notifications and visitors follow links, lets three local partners receive what follows, and compares everybody's
books at the end.
Nothing leaves this machine. Everything that was started is stopped and removed.

Options:
  --json     one JSON object per line; the last one is the summary
  --stay     leave the gateway and the partners running until Ctrl-C, to look around
  --break    falsify one record at a partner before the comparison, to see it fail
  --help     this text

Exit codes: 0 all books agree, 1 they differ, 2 wrong arguments, 3 the gateway could not be started or reached
`;

const flag = { type: 'boolean', default: false } as const;

/** Reads the command line. Throws an Error whose message tells what is wrong. */
export function readArguments(argv: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...argv],
    options: { json: flag, break: flag, stay: flag, help: { ...flag, short: 'h' } },
  });
  return values;
}
