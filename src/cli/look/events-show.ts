import type { Call } from '../program/call.js';
import { eventLines } from './event-lines.js';
import { showOne } from './list.js';

export async function run(call: Call): Promise<void> {
  const event = await call.api.get(`events/${encodeURIComponent(call.word(0))}`);
  showOne(call, event, (item) => eventLines(call.paint, item));
}
