/**
 * What most would write: Fastify, HMAC, one insert, one Bull job and one update per event. The answer waits for the
 * insert (majority, journal) and for the job.
 */
import { Pool } from 'undici';
import { given, openDoor, serve, type Verified } from './door.js';
import { eventDoc, postbackPath, targetsOf, type EventDoc } from './documents.js';
import { DELIVERS, ONE_TRY, openMongo, openQueues } from './floor-stores.js';

const CONCURRENCY = 50;
const SOCKETS = 32;

interface PlainJob {
  readonly id: string;
  readonly target: string;
  readonly path: string;
}

const db = await openMongo();
const events = db.collection<EventDoc>('events');
const [queue] = openQueues<PlainJob>(['plain']);
const pool = new Pool(given('SINK_URL'), { connections: SOCKETS });

async function record(verified: Verified): Promise<void> {
  const now = Date.now();
  const event = eventDoc(verified, now);
  const targets = targetsOf(verified.account);
  const deliveries = Object.fromEntries(targets.map((target) => [target, 'due']));
  const receipt = { raw: verified.raw, headers: verified.headers };
  try {
    await events.insertOne({ ...event, receipt, deliveries });
  } catch (error) {
    if ((error as { code?: unknown }).code === 11_000) return;
    throw error;
  }
  for (const target of targets) {
    await queue?.add({ id: event._id, target, path: postbackPath(event, target) }, ONE_TRY);
  }
}

async function deliver({ id, target, path }: PlainJob): Promise<void> {
  const { statusCode, body } = await pool.request({ method: 'GET', path });
  await body.text();
  if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
  await events.updateOne({ _id: id }, { $set: { [`deliveries.${target}`]: 'delivered' } });
}

if (DELIVERS) void queue?.process(CONCURRENCY, ({ data }) => deliver(data));
await serve(openDoor(record));
