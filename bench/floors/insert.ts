/**
 * The least that makes an event durable: group commit with one insert of one document per event, which holds the raw
 * notification as well. It delivers nothing: a floor for the acknowledgement alone.
 */
import { openDoor, serve } from './door.js';
import { eventDoc, type EventDoc } from './documents.js';
import { openMongo } from './floor-stores.js';
import { GroupCommit } from './group-commit.js';

const db = await openMongo();
const events = db.collection<EventDoc>('events');

const ingest = new GroupCommit<EventDoc>(async (group) => {
  await events.insertMany([...group], { ordered: false });
});

await serve(
  openDoor((verified) => {
    const receipt = { raw: verified.raw, headers: verified.headers };
    return ingest.add({ ...eventDoc(verified, Date.now()), receipt });
  }),
);
