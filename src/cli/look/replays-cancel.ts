import type { Call } from '../program/call.js';
import { showOne } from './list.js';
import { replayLines } from './replays-show.js';

export async function run(call: Call): Promise<void> {
  const where = `replays/${encodeURIComponent(call.word(0))}/cancel`;
  showOne(call, await call.api.json('POST', where), replayLines);
}
