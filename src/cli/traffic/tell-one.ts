import { setTimeout as pause } from 'node:timers/promises';
import { textAt } from '../../contract/read.js';
import type { Item } from '../gateway/client.js';
import { itemsOf } from '../gateway/pages.js';
import type { Call } from '../program/call.js';
import { EXIT, type Exit } from '../program/exit.js';
import { unreachable } from '../gateway/client.js';
import { shortened } from '../show/table.js';
import { eventLine } from '../show/words.js';
import { sendOne, type Sent } from './send-one.js';
import type { Ready } from './ready.js';

const LOOKS = 5;
const LOOK_EVERY_MS = 200;

/** The events of the order. They are there before the door answers; a replica that is read may be a moment behind. */
async function eventsOf(call: Call, account: string, order: string): Promise<readonly Item[]> {
  for (let look = 0; look < LOOKS; look += 1) {
    const items = itemsOf(await call.api.get('events', { account, orderId: order }));
    if (items.length > 0) return items;
    await pause(LOOK_EVERY_MS, undefined, { signal: call.io.around.signal });
  }
  return [];
}

const isTaken = ({ status }: Sent): boolean => status >= 200 && status < 300;

function tellRefused(call: Call, sent: Sent, { kit, account }: Ready): void {
  const { paint, io } = call;
  io.say(`${paint('red', '✗')} ${sent.status} ${shortened(sent.body, 160)}`);
  if (sent.status === 401 || sent.status === 400)
    io.note(
      `  → do the credentials here suit those of the account ${account}? see docs/errors.md, WB_IN_REFUSED`,
    );
  if (sent.status === 404)
    io.note(`  → waybill config show accounts lists the accounts of ${kit.network}`);
}

/** Sends one notification and says what became of it. */
export async function tellOne(call: Call, prepared: Ready): Promise<Exit> {
  const { kit, message, account } = prepared;
  const sent = await sendOne(call, prepared);
  if (sent.status === 0) throw unreachable(new URL(sent.url).origin, new Error(sent.body));
  const events =
    isTaken(sent) && sent.order !== undefined ? await eventsOf(call, account, sent.order) : [];
  if (call.json) {
    const { status, ms, order, body } = sent;
    const { network } = kit;
    const ids = events.map((one) => one['id']);
    call.document({
      network,
      account,
      sample: message.name,
      status,
      ms,
      order: order ?? null,
      body,
      events: ids,
    });
    return isTaken(sent) ? EXIT.ok : EXIT.failed;
  }
  const { io, paint } = call;
  io.say(`${kit.network} → /in/${kit.network}/${account}  sample ${message.name}`);
  if (!isTaken(sent)) {
    tellRefused(call, sent, prepared);
    return EXIT.failed;
  }
  io.say(`${paint('green', '✓')} ${sent.status} in ${sent.ms} ms`);
  for (const event of events) io.say(`  ${eventLine(event)}  ${paint('dim', String(event['id']))}`);
  const [newest] = events;
  if (newest) io.say(`\nNext  waybill events explain ${textAt(newest, 'id')}`);
  else io.say(`\nNext  waybill receipts ls --account ${account}`);
  return EXIT.ok;
}
