import { sealed } from '../kits/message.js';
import type { Call } from '../program/call.js';
import { doorUrl, knock, type DoorAnswer } from './door.js';
import type { Ready } from './ready.js';

export interface Sent extends DoorAnswer {
  readonly order: string | undefined;
  readonly url: string;
}

/** Seals the next notification and knocks with it. */
export async function sendOne(call: Call, prepared: Ready): Promise<Sent> {
  const { kit, message, account, credentials } = prepared;
  const origin = call.text('door')?.replace(/\/+$/, '') ?? call.api.origin;
  const { payload, order } = message.next();
  const plain = doorUrl(origin, kit.network, account, { pathToken: '', query: '' });
  const now = call.io.around.now();
  const request = sealed(kit, message, payload, { credentials, now, url: plain });
  if (request.pathToken !== '') call.io.keep(request.pathToken);
  const url = doorUrl(origin, kit.network, account, request);
  return { ...(await knock(url, request, call.io.around.signal)), order, url };
}
