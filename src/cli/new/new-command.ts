import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readArguments, USAGE, type Wanted } from './arguments.js';
import { packageFiles } from './package-files.js';
import { sourceFiles } from './source-files.js';
import { sourceFixtures } from './source-fixtures.js';
import { targetFiles } from './target-files.js';
import { targetFixtures } from './target-fixtures.js';

/** File texts by path inside the plugin's folder. */
export type Files = Readonly<Record<string, string>>;

/** Where the command speaks: standard output and standard error, unless a test listens. */
export interface Voice {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Every file of the plugin that was asked for. */
export function pluginFiles(wanted: Wanted): Files {
  const files =
    wanted.kind === 'source'
      ? { ...sourceFiles(wanted), ...sourceFixtures(wanted) }
      : { ...targetFiles(wanted), ...targetFixtures(wanted) };
  if (!wanted.asPackage) return files;
  const renamed = Object.entries(files).map(([path, text]) => [
    path,
    text.replaceAll("'#contract'", "'waybill/contract'"),
  ]);
  return { ...(Object.fromEntries(renamed) as Files), ...packageFiles(wanted) };
}

const nextSteps = ({ kind, name, asPackage }: Wanted, dir: string): string => `Wrote ${dir}

Now make it yours:
  1. ${kind === 'source' ? 'fixtures/sample.ts: paste one real body of the network' : 'settings.ts: what the user must enter'}
  2. ${kind === 'source' ? 'fields.ts: where each value stands in it, and the words of its events' : 'request.ts: the names under which the partner wants each value'}
  3. README.md: where to click at the ${kind === 'source' ? 'network' : 'partner'}, and what you are not sure of
  4. ${asPackage ? 'npm install, with Waybill from where you have it (npm install ../waybill), then npm test' : 'npm test -- test/contract/plugins'}
The path of its URL and configuration is "${name}".
`;

/**
 * `npm run new`: writes a plugin that already passes the contract suite with its sample values. Returns the exit code:
 * 0 written, 1 cannot be written, 2 wrong usage. Never overwrites anything.
 */
export function runNew(argv: readonly string[], voice: Voice): number {
  if (argv.includes('--help') || argv.includes('-h')) {
    voice.out(USAGE);
    return 0;
  }
  let wanted: Wanted;
  try {
    wanted = readArguments(argv);
  } catch (error) {
    voice.err(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  const dir = resolve(wanted.dir, wanted.name);
  if (existsSync(dir)) {
    voice.err(
      `${dir} is already there; nothing was written. Choose another name or move it away.\n`,
    );
    return 1;
  }
  for (const [path, text] of Object.entries(pluginFiles(wanted))) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text, { flag: 'wx' });
  }
  voice.out(nextSteps(wanted, dir));
  return 0;
}
