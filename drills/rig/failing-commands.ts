import type { Strike } from './fail-point.js';

/** The name by which the gateway's connections are told from the rig's own. */
export const GATEWAY = 'gateway-under-test';

/** One way in which one command of the gateway fails. */
export interface Cell {
  readonly name: string;
  readonly strike: Strike;
  /** The write is done and in the journal; then the line is cut. */
  readonly afterCommit?: boolean;
}

const COMMANDS = ['insert', 'update', 'find'] as const;

/** Errors of the server, as it names them in src/mongo/base/error_codes.yml. */
const CODES: readonly (readonly [string, number])[] = [
  ['ShutdownInProgress', 91],
  ['WriteConflict', 112],
  ['PrimarySteppedDown', 189],
  ['NotWritablePrimary', 10_107],
  ['InterruptedAtShutdown', 11_600],
  ['MaxTimeMSExpired', 50],
];

const WTIMEOUT = {
  code: 64,
  codeName: 'WriteConcernFailed',
  errmsg: 'waiting for replication timed out',
  errInfo: { wtimeout: true },
};

const cell = (command: string, how: string, more: Partial<Strike>): Cell => ({
  name: `${command}: ${how}`,
  strike: { failCommands: [command], appName: GATEWAY, ...more },
});

/** The matrix: each command of the gateway, each way to fail it. */
export const CELLS: readonly Cell[] = [
  ...COMMANDS.flatMap((command) => [
    cell(command, 'cut before', { closeConnection: true }),
    ...CODES.map(([name, errorCode]) => cell(command, name, { errorCode })),
  ]),
  ...(['insert', 'update'] as const).flatMap((command) => [
    cell(command, 'wtimeout', { writeConcernError: WTIMEOUT }),
    { ...cell(command, 'cut after commit', { closeConnection: true }), afterCommit: true },
  ]),
  cell('insert', 'DuplicateKey of the whole command', { errorCode: 11_000 }),
  cell('find', 'CursorNotFound', { errorCode: 43 }),
];
