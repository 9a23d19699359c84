import { existsSync } from 'node:fs';
import path from 'node:path';
import type { mongo } from 'mongoose';
import { pause, waitFor } from './drill.js';
import { readJournal } from './journal.js';
import { KINDS, type Kind, type Mark } from './poison-plugin.js';
import type { Sender } from './sender.js';
import { saleOf, SIGNING_SECRET } from './telling.js';
import type { World } from './world.js';

export const BLOCK_MS = 90_000;
/** Sales with these numbers are poison, one for each kind. */
const POISON = 900_000;
export const CLEAN = 'clean';
/** Its poison is in the ledger: an event that cannot be read as one. */
export const UNLOADABLE = 'unloadable';
export const TARGETS = [CLEAN, UNLOADABLE, ...KINDS];
export const numberOf = (kind: Kind): number => POISON + KINDS.indexOf(kind);
const UNLOADABLE_NUMBER = POISON + KINDS.length;

const settingsOf = (dir: string, url: string, kind: Kind): object => ({
  url: `${url}/${kind}/p`,
  kind,
  order: saleOf(numberOf(kind)).order,
  marks: path.join(dir, 'marks.ndjson'),
  blockMs: String(BLOCK_MS),
});

export const yamlOf =
  (dir: string) =>
  (url: string): string =>
    JSON.stringify({
      accounts: [{ id: 'shop', source: 'stripe', credentials: { signingSecret: SIGNING_SECRET } }],
      targets: [
        ...[CLEAN, UNLOADABLE].map((id) => ({
          id,
          target: 'postback',
          settings: {
            method: 'GET',
            url: `${url}/${id}/p?cid={click_id}&eid={event_id}&txid={order_id}&et={event_type}&amt={amount}`,
          },
        })),
        ...KINDS.map((kind) => ({
          id: kind,
          target: 'poison',
          settings: settingsOf(dir, url, kind),
        })),
      ],
      routes: [{ from: 'shop', to: TARGETS }],
    });

export const marksOf = (dir: string): readonly Mark[] => {
  const file = path.join(dir, 'marks.ndjson');
  return existsSync(file) ? readJournal<Mark>(file) : [];
};

/**
 * An event that lost a part which no reader can do without, as a broken migration would leave it, and a delivery that must
 * read it: the replay of one that was made while all was well. Returns whether that came about.
 */
export async function spoilEvent(world: World, sender: Sender): Promise<boolean> {
  const telling = saleOf(UNLOADABLE_NUMBER);
  const { db } = world.stores;
  const rows = db.collection('deliveries');
  await sender.tell(telling);
  const event = await db.collection('events').findOne({ 'order.id': telling.order });
  if (!event) return false;
  const first = { target: UNLOADABLE, event: event._id as never };
  const done = async (): Promise<boolean> =>
    (await rows.findOne({ ...first, state: 'delivered' })) !== null;
  if (!(await waitFor(done, 10_000))) return false;
  const spoilt = await db
    .collection('events')
    .updateOne({ _id: event._id }, { $unset: { attribution: 1 } });
  const row = await rows.findOne(first);
  const { status } = await world.admin(0, 'POST', `/deliveries/${String(row?._id)}/replay`, {});
  return spoilt.modifiedCount === 1 && status < 300;
}

export type Row = mongo.WithId<mongo.Document>;

/** The poisoned delivery of each target that has one. */
export async function poisonRows(world: World): Promise<ReadonlyMap<string, Row>> {
  const { db } = world.stores;
  const found = new Map<string, Row>();
  for (const kind of KINDS) {
    const event = await db
      .collection('events')
      .findOne({ 'order.id': saleOf(numberOf(kind)).order });
    const of = { target: kind, event: event?._id as never };
    const row = event && (await db.collection('deliveries').findOne(of));
    if (row) found.set(kind, row);
  }
  const replay = { target: UNLOADABLE, replayOf: { $exists: true } };
  const row = await db.collection('deliveries').findOne(replay);
  if (row) found.set(UNLOADABLE, row);
  return found;
}

/** Every delivery but the poisoned ones is final. */
export async function othersSettled(world: World, limitMs: number): Promise<boolean> {
  const poison = [...(await poisonRows(world)).values()].map(({ _id }) => _id);
  return waitFor(
    async () => {
      const open = { _id: { $nin: poison }, wakeAt: { $exists: true } };
      return (await world.stores.db.collection('deliveries').findOne(open)) === null;
    },
    limitMs,
    500,
  );
}

/** Notes each start of a blocked loop: what that process holds may be heard again. */
export async function noteBlocks(world: World, dir: string, over: () => boolean): Promise<void> {
  for (let known = 0; !over(); await pause(100)) {
    const now = marksOf(dir).filter(({ kind }) => kind === 'blocks').length;
    if (now > known) await world.noteTrouble('an event loop blocked');
    known = now;
  }
}
