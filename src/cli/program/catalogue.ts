import { BUILD } from './catalogue/build.js';
import { CONFIGURATION } from './catalogue/configuration.js';
import { LOOK } from './catalogue/look.js';
import { SET_UP } from './catalogue/set-up.js';
import { TRAFFIC } from './catalogue/traffic.js';
import { TRANSFER } from './catalogue/transfer.js';
import type { Command } from './command.js';

/** Every command. Its code is loaded when it is called. */
export const COMMANDS: readonly Command[] = [
  ...SET_UP,
  ...CONFIGURATION,
  ...TRAFFIC,
  ...LOOK,
  ...TRANSFER,
  ...BUILD,
];
