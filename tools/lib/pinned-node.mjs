import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { giveUp, ROOT } from './project.mjs';

const OLDEST = [22, 12];

/** The Node that npm installed for this machine if there is one and it runs, else the one running now. */
export function pinnedNode(root = ROOT) {
  const windows = process.platform === 'win32';
  const folder = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const file = path.join(root, 'node_modules', folder, 'bin', windows ? 'node.exe' : 'node');
  if (spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0) return file;
  if (isNewEnough(process.versions.node)) return process.execPath;
  return giveUp(
    `this machine (${process.platform} ${process.arch}) has no Node packaged with Waybill, and ` +
      `its own is ${process.versions.node}. Install Node ${OLDEST.join('.')} or newer.`,
  );
}

/** Whether a version can run Waybill. */
export function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
