import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** A program that Debian and its children package, and how to see that it runs. */
export interface Wanted {
  /** Program and package. */
  readonly name: string;
  /** Environment variable that names the program. */
  readonly variable: string;
  /** Arguments with which it tells its version and ends with 0. */
  readonly version: readonly string[];
}

/** A program that was run and told its version. */
export interface Program {
  readonly file: string;
  /** What its process needs in its environment: where its libraries are. */
  readonly env: Readonly<Record<string, string>>;
  /** First line of what it says about itself. */
  readonly says: string;
}

type Env = Readonly<NodeJS.ProcessEnv>;
type Way = readonly [label: string, find: () => Promise<Program>];

const LIMIT_MS = 120_000;

/** Runs a command to its end; standard output and errors together. Rejects with its last words. */
function run(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env: Env },
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { timeout: LIMIT_MS, ...options }, (error, out, errors) => {
      if (error === null) return resolve(`${out}${errors}`);
      const last = `${errors}`.trim().split('\n').at(-1) ?? '';
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      reject(new Error(missing ? `no ${file}` : `${file}: ${last === '' ? error.message : last}`));
    });
  });
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

async function probe(
  { version }: Wanted,
  given: Env,
  file: string,
  libraries?: string,
): Promise<Program> {
  const env: Record<string, string> = libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries };
  const text = await run(file, version, { env: { ...given, ...env } });
  return { file, env, says: text.split('\n')[0] ?? '' };
}

async function onPath(wanted: Wanted, env: Env): Promise<Program> {
  // Servers are not always on the PATH of a plain user.
  const folders = [...(env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders.filter(Boolean)) {
    const file = path.join(folder, wanted.name);
    const there = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return probe(wanted, env, file);
  }
  throw new Error(`no ${wanted.name} in any folder of PATH`);
}

/** Where Debian puts libraries on this kind of machine. */
const LIBRARIES = `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;

function unpacked(wanted: Wanted, env: Env, root: string): Promise<Program> {
  const file = path.join(root, 'usr/sbin', wanted.name);
  if (!existsSync(file)) throw new Error(`${file} does not exist`);
  return probe(wanted, env, file, path.join(root, LIBRARIES));
}

/** apt's own lists, or, where there are none, fresh ones in a folder that needs no rights. */
async function aptOptions(wanted: Wanted, env: Env, folder: string): Promise<readonly string[]> {
  const known = await run('apt-cache', ['show', wanted.name], { env }).catch(() => '');
  if (known !== '') return [];
  for (const part of ['lists/partial', 'cache/archives/partial'])
    await mkdir(path.join(folder, part), { recursive: true });
  const options = [
    ...['-o', `Dir::State::lists=${folder}/lists`],
    ...['-o', `Dir::Cache=${folder}/cache`],
    ...['-o', 'APT::Sandbox::User='],
  ];
  await run('apt-get', [...options, 'update'], { env });
  return options;
}

/** Libraries that a package wants and this machine does not have installed. */
async function lacking(
  name: string,
  env: Env,
  options: readonly string[],
): Promise<readonly string[]> {
  const text = await run('apt-cache', [...options, 'depends', '--important', name], { env });
  const libraries = [...text.matchAll(/^ +Depends: (lib[\w.+-]+)$/gm)].map(([, lib = '']) => lib);
  const lack: string[] = [];
  for (const library of libraries) {
    const state = await run('dpkg-query', ['-W', '-f=${Status}', library], { env }).catch(() => '');
    if (!state.startsWith('install ok')) lack.push(library);
  }
  return lack;
}

/** The package and every library that it lacks, downloaded and unpacked; nothing is installed, nothing of theirs run. */
async function fromDebian(wanted: Wanted, env: Env, root: string): Promise<Program> {
  if (process.platform !== 'linux') throw new Error('only on Linux');
  await mkdir(path.dirname(root), { recursive: true });
  const folder = await mkdtemp(path.join(path.dirname(root), `${wanted.name}-`));
  try {
    const options = await aptOptions(wanted, env, folder);
    const todo = [wanted.name];
    for (const name of todo) {
      await run('apt-get', [...options, 'download', name], { cwd: folder, env });
      for (const more of await lacking(name, env, options))
        if (!todo.includes(more)) todo.push(more);
    }
    const tree = path.join(folder, 'root');
    for (const file of (await readdir(folder)).filter((one) => one.endsWith('.deb')))
      await run('dpkg-deb', ['-x', path.join(folder, file), tree], { env });
    await unpacked(wanted, env, tree);
    await rm(root, { recursive: true, force: true });
    await rename(tree, root);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return unpacked(wanted, env, root);
}

function cacheFolder(env: Env): string {
  const own = env['WAYBILL_CACHE'];
  if (own) return path.resolve(own);
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'waybill');
}

/**
 * A program of that name that runs here: the one named by its variable, on PATH, of an earlier download, or downloaded
 * with apt-get and unpacked without any rights. Throws one text that says what was tried and what to do.
 */
export async function findDebianProgram(wanted: Wanted, env: Env = process.env): Promise<Program> {
  const { name, variable } = wanted;
  const root = path.join(cacheFolder(env), `${name}-${process.platform}-${process.arch}`);
  const given = env[variable];
  const ways: readonly Way[] = [
    [
      variable,
      async () => (given ? probe(wanted, env, given) : Promise.reject(new Error('not set'))),
    ],
    ['PATH', () => onPath(wanted, env)],
    ['cache of an earlier download', async () => unpacked(wanted, env, root)],
    ['apt-get download', () => fromDebian(wanted, env, root)],
  ];
  const failures: string[] = [];
  for (const [label, find] of ways) {
    try {
      return await find();
    } catch (error) {
      failures.push(`  ${failures.length + 1}. ${label}: ${reasonOf(error)}`);
    }
  }
  throw new Error(
    [
      `No ${name} that runs on this machine. Tried:`,
      ...failures,
      `Install ${name} (Debian, Ubuntu: apt-get install ${name}), or set ${variable} to its path.`,
    ].join('\n'),
  );
}
