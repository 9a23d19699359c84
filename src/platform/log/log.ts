import pino, { type Logger, type DestinationStream } from 'pino';
import { BlockOutput } from './block-output.js';

export type Log = Logger;

/**
 * The one logger. What is logged is an allow-list chosen at each call; the paths below are the net under it.
 * Bodies are never logged.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        'req.headers["stripe-signature"]',
        'req.headers["x-api-key"]',
        'headers.authorization',
        'authorization',
        'apiKey',
        'secret',
        'token',
      ],
      censor: '••••••',
    },
  };
  return pino(options, destination ?? standardOutput());
}

let standard: BlockOutput | undefined;

/** One for all logs of the process. Not pino's own: on a full disk that one throws, and then never lets the process end. */
function standardOutput(): DestinationStream {
  if (standard) return standard;
  const output = new BlockOutput(1);
  process.on('exit', () => output.end());
  standard = output;
  return output;
}
