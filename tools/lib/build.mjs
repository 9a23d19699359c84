import { chmodSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pinnedNode } from './pinned-node.mjs';
import { filesBelow, giveUp, ROOT, writtenAt } from './project.mjs';
import { quietStep } from './quiet-step.mjs';

const FOLDERS = ['src', 'plugins', 'bench', 'drills'];
const SETTINGS = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];

/** The files that the build is made of. */
export function sources(root = ROOT) {
  const code = FOLDERS.flatMap((folder) => filesBelow(path.join(root, folder)));
  const compiled = code.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  return [...compiled, ...SETTINGS.map((name) => path.join(root, name))];
}

/** What the last build left to do: nothing, the changes, or everything. */
export function buildState(root = ROOT) {
  const stamp = stampFile(root);
  const built = readStamp(stamp);
  const now = sources(root);
  // No stamp: dist was made by hand. A deleted source: its output would live on, and be found as a plugin.
  if (built === undefined || built.some((name) => !now.includes(path.join(root, name)))) {
    return 'everything';
  }
  const fresh = now.length === built.length && now.every((f) => writtenAt(f) < writtenAt(stamp));
  return fresh ? 'nothing' : 'changes';
}

/** Builds if needed; says nothing when not. */
export async function ensureBuilt() {
  const state = buildState();
  if (state === 'nothing') return;
  const began = new Date();
  const list = sources().map((file) => path.relative(ROOT, file));
  if (state === 'everything') rmSync(path.join(ROOT, 'dist'), { recursive: true, force: true });
  else rmSync(stampFile(ROOT), { force: true });
  const nest = path.join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
  const { code, text } = await quietStep('building', pinnedNode(), [nest, 'build'], { cwd: ROOT });
  if (code !== 0) giveUp(`the build failed:\n${text.trim()}`);
  // The command of package.json's `bin`; the compiler makes no file executable.
  chmodSync(path.join(ROOT, 'dist/src/cli/main.js'), 0o755);
  writeStamp(stampFile(ROOT), list, began);
}

function stampFile(root) {
  return path.join(root, 'dist/.built.json');
}

function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).sources;
  } catch {
    return undefined;
  }
}

function writeStamp(file, list, began) {
  writeFileSync(file, JSON.stringify({ sources: list }));
  // Dated at the start: a source that was saved during the build is newer than it.
  utimesSync(file, began, began);
}
