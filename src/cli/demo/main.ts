import { readArguments, USAGE, type Wanted } from './arguments.js';
import { GatewayFault } from './gateway-child.js';
import { Interrupted } from './interruption.js';
import { runDemo } from './run-demo.js';
import { jsonTeller } from './tell/json-teller.js';
import { paintFor } from './tell/paint.js';
import { ScreenTeller } from './tell/screen-teller.js';
import { StatusLine } from './tell/status-line.js';
import type { Teller } from './tell/teller.js';

const OK = 0;
const DIFFERENT = 1;
const USAGE_FAULT = 2;
const UNREACHABLE = 3;
const INTERRUPTED = 130;

const write = (text: string): void => void process.stdout.write(text);

function tellerFor({ json }: Wanted): Teller {
  if (json) return jsonTeller(write);
  const isTerminal = process.stdout.isTTY === true;
  return new ScreenTeller(
    write,
    paintFor(isTerminal, process.env),
    new StatusLine(write, isTerminal),
  );
}

/** The first signal ends the demo in order; everything it started is stopped on the way. */
function signalled(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!controller.signal.aborted) process.stderr.write('\nstopping …\n');
      controller.abort();
    });
  }
  // The reader of our output is gone (`| head`): end in order instead of breaking off.
  process.stdout.on('error', () => controller.abort());
  // A terminal that was closed takes no last words.
  process.stderr.on('error', () => controller.abort());
  return controller.signal;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return INTERRUPTED;
  const known = error instanceof GatewayFault;
  const text = error instanceof Error ? (known ? error.message : error.stack) : String(error);
  process.stderr.write(`\nwaybill demo: ${text ?? 'unknown'}\n`);
  return known ? UNREACHABLE : DIFFERENT;
}

async function main(): Promise<number> {
  let wanted: Wanted;
  try {
    wanted = readArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'unknown'}\n\n${USAGE}`);
    return USAGE_FAULT;
  }
  if (wanted.help) {
    write(USAGE);
    return OK;
  }
  const agreed = await runDemo({ wanted, tell: tellerFor(wanted), signal: signalled() });
  return agreed ? OK : DIFFERENT;
}

process.exitCode = await main().catch(exitCodeOf);
