import pino, { type Logger, type DestinationStream } from 'pino';

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

/**
 * Lines leave in blocks, at the latest after a second: one write per line costs more than making it. A process that is
 * killed loses its last lines, never anything of the ledger.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: false, minLength: 4096 });
  setInterval(() => output.flush(), 1000).unref();
  process.on('exit', () => output.flushSync());
  return output;
}
