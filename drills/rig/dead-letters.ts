import type { mongo } from 'mongoose';
import { ADMIN_KEY } from './configuration.js';
import { check, type Check } from './drill.js';
import type { Simulated } from './simulated.js';

const HOUR = 3_600_000;

type Row = mongo.WithId<mongo.Document>;

interface LogEntry {
  readonly status?: number;
  readonly answer?: string;
  readonly request?: string;
}

/** The last try of a row, as an operator must find it: status, what the partner said, where the request went. */
function hasHistory(row: Row, excerpt: string): boolean {
  const log = (row['log'] ?? []) as readonly LogEntry[];
  const last = log.at(-1);
  const said = last?.answer?.includes(excerpt) === true && last.request !== undefined;
  return said && last?.status !== undefined;
}

/** A row that the breaker spared every try has nothing to show but the reason, and the admin API must say it. */
async function saysWhy(sim: Simulated, row: Row): Promise<boolean> {
  const response = await fetch(`${sim.gateway.url}/api/v1/deliveries/${String(row._id)}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  const { explanation } = (await response.json()) as { explanation?: { sentence?: string } };
  return explanation?.sentence?.includes('never tried') === true;
}

async function historyCheck(
  sim: Simulated,
  target: string,
  dead: readonly Row[],
  excerpt: string,
): Promise<Check> {
  const tried = dead.filter((row) => Number(row['attempts']) > 0);
  const spared = dead.filter((row) => row['attempts'] === 0);
  const told = tried.filter((row) => hasHistory(row, excerpt)).length;
  let explained = 0;
  for (const row of spared) if (await saysWhy(sim, row)) explained += 1;
  return check(
    `${target}: each with its history`,
    told === tried.length && explained === spared.length && tried.length > 0,
    `${told} of ${tried.length} with the last answer, ${explained} of ${spared.length} never tried and saying so`,
  );
}

/** Every dead row says why, holds what the partner answered last, and can be told again. */
export async function deadLetters(
  sim: Simulated,
  target: string,
  excerpt: string,
): Promise<readonly Check[]> {
  const rows = await sim.db
    .collection('deliveries')
    .find({ target, replayOf: { $exists: false } })
    .toArray();
  const dead = rows.filter((row) => row['state'] === 'dead' && row['reason'] === 'deadline');
  const history = await historyCheck(sim, target, dead, excerpt);
  sim.partners.behave(target, { status: 200, body: 'OK' });
  let replayed = 0;
  for (let i = 0; i < dead.length; i += 50) {
    const answers = await Promise.all(
      dead.slice(i, i + 50).map((row) => sim.replays.replay(String(row._id))),
    );
    replayed += answers.filter(({ ok }) => ok).length;
  }
  await sim.passUntil(sim.clock.now() + HOUR, () => 1000);
  const delivered = await sim.db
    .collection('deliveries')
    .countDocuments({ target, replayOf: { $exists: true }, state: 'delivered' });
  return [
    check(
      `${target}: dead at 73 h`,
      dead.length === rows.length && rows.length > 0,
      `${dead.length} of ${rows.length}`,
    ),
    history,
    check(
      `${target}: replays deliver`,
      delivered === dead.length && replayed === dead.length,
      `${replayed} replayed, ${delivered} delivered`,
    ),
  ];
}
