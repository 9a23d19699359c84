import { isRecord } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import { accountOf, findCredentials } from '../kits/find-credentials.js';
import type { Kit } from '../kits/load-kit.js';
import { messageFor, type Message } from '../kits/message.js';
import type { Call } from '../program/call.js';
import { confirm } from '../show/ask.js';
import { counted } from '../show/words.js';
import { liveTargets } from './listeners.js';

/** Notifications of one call. */
export const MOST = 100_000;

/** Nobody books a sale at a real partner by accident. */
async function agreed(call: Call, account: Item, message: Message): Promise<void> {
  const isTest = isRecord(account['data']) && account['data']['test'] === true;
  if (message.test || isTest) return;
  const told = await liveTargets(call, String(account['id']));
  if (told.length === 0) return;
  const count = call.whole('count', 1, MOST) ?? 1;
  await confirm(
    call.io,
    call.flag('yes'),
    `${counted(count, 'live notification', 'live notifications')}: ${told.join(', ')} would be told. Send?`,
  );
}

/** Message, account and credentials of what is to be sent. */
export async function ready(call: Call, kit: Kit, event: string | undefined) {
  const message = await messageFor(call, kit, event);
  const account = await accountOf(call, kit.network);
  const credentials = await findCredentials(call, account);
  await agreed(call, account, message);
  return { kit, message, account: String(account['id']), credentials };
}

export type Ready = Awaited<ReturnType<typeof ready>>;
