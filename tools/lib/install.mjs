import path from 'node:path';
import { giveUp, ROOT, writtenAt } from './project.mjs';
import { quietStep } from './quiet-step.mjs';

/** Whether the packages are missing or older than the list of packages. */
export function needsInstall(root = ROOT) {
  // npm writes this file at the end of every install: its time is that of the last complete one.
  const installed = writtenAt(path.join(root, 'node_modules/.package-lock.json'));
  return installed < writtenAt(path.join(root, 'package-lock.json')) || installed === 0;
}

/** Installs the packages if needed; says nothing when not. */
export async function ensureInstalled() {
  if (!needsInstall()) return;
  // Dev packages too, whatever NODE_ENV says: the compiler is one of them.
  const flags = ['--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'];
  const exact = await npm('installing packages', ['ci', ...flags]);
  if (exact.code === 0) return;
  // `npm ci` refuses a lock without the optional packages of every other platform, and a mirror may lack
  // some. `npm install` takes what the lock does name; --no-save leaves the lock as it is.
  const loose = await npm('installing packages another way', ['install', '--no-save', ...flags]);
  if (loose.code !== 0) giveUp(`npm could not install the packages:\n${loose.text.trim()}`);
}

function npm(label, args) {
  // The npm that started us, if one did: it need not be on PATH.
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.[cm]?js$/.test(script)) {
    return quietStep(label, process.execPath, [script, ...args], { cwd: ROOT });
  }
  const windows = process.platform === 'win32';
  // Windows starts a .cmd file only through a shell; the arguments are ours and need no quoting.
  return quietStep(label, windows ? 'npm.cmd' : 'npm', args, { cwd: ROOT, shell: windows });
}
