import type { Call } from '../program/call.js';
import { deliveryLines } from './delivery-lines.js';
import { showOne } from './list.js';

export async function run(call: Call): Promise<void> {
  const delivery = await call.api.get(`deliveries/${encodeURIComponent(call.word(0))}`);
  showOne(call, delivery, deliveryLines);
}
