import { runCommand } from './run-command.js';

/** The two programs that the embedded stores need. */
export type BinaryName = 'mongod' | 'redis-server';

/** A program that was run and told its version. */
export interface Binary {
  readonly path: string;
  readonly version: string;
}

/** What a route may use to find a program. */
export interface RouteContext {
  readonly name: BinaryName;
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  readonly log: (line: string) => void;
}

/** One way to come by a program: answers its path, or throws the reason why not. */
export interface Route {
  readonly label: string;
  find(context: RouteContext): Promise<string>;
}

/** The environment variable that names the program. */
export const VARIABLES = {
  mongod: 'WAYBILL_MONGOD',
  'redis-server': 'WAYBILL_REDIS_SERVER',
} as const satisfies Record<BinaryName, string>;

// The oldest majors that the gateway is tested with.
const OLDEST = { mongod: 6, 'redis-server': 6 } as const satisfies Record<BinaryName, number>;

/** Runs the program with `--version`; throws unless it works and is new enough. */
export async function probeBinary(
  name: BinaryName,
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<Binary> {
  const { code, signal, output, errors } = await runCommand(path, ['--version'], {
    env,
    timeoutMs: 15_000,
  });
  const version = /\bv=?(\d+\.\d+\.\d+)/.exec(output)?.[1];
  if (code !== 0 || version === undefined) {
    const said = (errors.trim() || output.trim()).split('\n', 1)[0] ?? '';
    throw new Error(`${path} does not run (${signal ?? `exit ${code}`}${said && `: ${said}`})`);
  }
  if (Number.parseInt(version, 10) < OLDEST[name]) {
    throw new Error(`${path} is version ${version}; ${OLDEST[name]}.0 or newer is needed`);
  }
  return { path, version };
}
