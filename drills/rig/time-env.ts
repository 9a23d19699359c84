import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** How a process's time runs: `factor` times as fast as this machine's since `epoch`, and `shiftMs` ahead of that. */
export interface WarpedTime {
  readonly factor: number;
  readonly shiftMs: number;
  /** When both clocks told the same, epoch ms. */
  readonly epoch: number;
}

/** What such a clock tells at the machine's time `real`, epoch ms. */
export const warped = ({ factor, shiftMs, epoch }: WarpedTime, real: number): number =>
  Math.round(epoch + shiftMs + (real - epoch) * factor);

/** Environment of a process that lives in such a time. `root`: the built package. */
export function timeEnv(root: string, time: WarpedTime): Record<string, string> {
  const warp = pathToFileURL(path.join(root, 'dist/drills/rig/warp.js')).href;
  return { NODE_OPTIONS: `--import ${warp}`, DRILL_TIME: JSON.stringify(time) };
}
