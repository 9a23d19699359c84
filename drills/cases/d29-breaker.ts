import {
  check,
  scale,
  waitFor,
  type Check,
  type Drill,
  type DrillContext,
  type Verdict,
} from '../rig/drill.js';
import { saleOf } from '../rig/telling.js';
import { simulated, type Simulated } from '../rig/simulated.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Windows of a breaker whose probes keep failing, seconds: doubling from 30 s to 15 min, each ± 20 %. */
const WINDOWS_S = [30, 60, 120, 240, 480, 900, 900];
const JITTER = 0.2;
const [OK, DOWN] = [{ status: 200, body: 'OK' }, { status: 503 }];

/** One partner that says what the script says, one request at a time, by a clock that stands still in between. */
class Flaps {
  private next = 0;

  constructor(readonly sim: Simulated) {}

  get requests(): number {
    return this.sim.partners.lines.length;
  }

  /** A new event; how many requests it came to. */
  async tell(good: boolean): Promise<number> {
    const before = this.requests;
    this.sim.partners.behave('p0', good ? OK : DOWN);
    await this.another();
    return this.requests - before;
  }

  /** A new event, whatever the partner does. */
  async another(): Promise<void> {
    await this.sim.sender.tell(saleOf((this.next += 1)));
    await this.sim.quiet();
  }

  /** So many events in one moment, as the script says: `S` answered, `F` failed. Requests per event. */
  async flap(script: string): Promise<readonly number[]> {
    const made: number[] = [];
    for (const one of script) {
      made.push(await this.tell(one === 'S'));
    }
    return made;
  }

  /** True when an event goes out at once. Told to a partner that works. */
  async closed(): Promise<boolean> {
    return (await this.tell(true)) === 1;
  }

  /** Long after: everything was delivered, every window, ramp and count is over. */
  async rest(): Promise<void> {
    this.sim.partners.behave('p0', OK);
    await this.sim.passUntil(this.sim.clock.now() + 60 * MINUTE, () => 10 * SECOND);
  }

  /** Sum of the tries spent by all deliveries. */
  async triesSpent(): Promise<number> {
    const rows = await this.sim.db
      .collection('deliveries')
      .find({}, { projection: { attempts: 1 } })
      .toArray();
    return rows.reduce((sum, row) => sum + Number(row['attempts']), 0);
  }
}

/** `wanted`: opens behind the last event of the script, not earlier. */
async function opening(
  flaps: Flaps,
  name: string,
  script: string,
  wanted: boolean,
): Promise<Check> {
  const made = await flaps.flap(script);
  const spent = made.every((requests) => requests === 1);
  const open = !(await flaps.closed());
  await flaps.rest();
  return check(
    name,
    spent && open === wanted,
    `${made.filter((n) => n === 1).length} of ${script.length} sent, then ${open ? 'open' : 'closed'}`,
  );
}

/**
 * `failures` requests refused one after the other, so slowly that no minute has enough of them to judge by, and then the
 * partner works again. Opens only if they were enough in a row.
 */
async function inARow(flaps: Flaps, failures: number, wanted: boolean): Promise<Check> {
  const { sim } = flaps;
  const before = flaps.requests;
  sim.partners.behave('p0', () => (flaps.requests - before < failures ? DOWN : OK));
  for (let second = 0; flaps.requests - before < failures && second < 3600; second += 1) {
    if (second % 60 === 0) await flaps.another();
    sim.clock.advance(SECOND);
    await sim.quiet();
  }
  const times = sim.partners.lines.slice(before).map(({ at }) => at);
  const refused = sim.partners.lines.slice(before).filter(({ status }) => status === 503).length;
  const dense = Math.max(
    ...times.map((at) => times.filter((other) => other > at - MINUTE && other <= at).length),
  );
  const open = !(await flaps.closed());
  await flaps.rest();
  return check(
    `${failures} failures in a row, slowly: ${wanted ? 'open' : 'closed'}`,
    refused === failures && dense < 10 && open === wanted,
    `${refused} refused, at most ${dense} requests in a minute, then ${open ? 'open' : 'closed'}`,
  );
}

/** The moment of the first request at or behind `from`, looked for in steps; undefined: none until `to`. */
async function firstRequest(flaps: Flaps, to: number, stepMs: number): Promise<number | undefined> {
  const before = flaps.requests;
  while (flaps.requests === before && flaps.sim.clock.now() < to) {
    flaps.sim.clock.advance(stepMs);
    await flaps.sim.quiet();
  }
  return flaps.requests === before ? undefined : flaps.sim.clock.now();
}

/** Each window is silent, ends within its jitter, and lets one request through. */
async function windows(flaps: Flaps, count: number): Promise<readonly Check[]> {
  await flaps.flap('F'.repeat(10));
  const seen: string[] = [];
  const wrong: string[] = [];
  for (const seconds of WINDOWS_S.slice(0, count)) {
    const opened = flaps.sim.clock.now();
    const before = flaps.requests;
    const spent = await flaps.triesSpent();
    flaps.sim.clock.advance(seconds * SECOND * (1 - JITTER) - SECOND);
    await flaps.sim.quiet();
    const silent = flaps.requests === before && (await flaps.triesSpent()) === spent;
    const stepMs = Math.max(SECOND, (seconds * SECOND) / 50);
    const at = await firstRequest(
      flaps,
      opened + seconds * SECOND * (1 + JITTER) + 2 * stepMs,
      stepMs,
    );
    const took = at === undefined ? Number.NaN : (at - opened) / SECOND;
    seen.push(took.toFixed(0));
    const one = flaps.requests === before + 1 && (await flaps.triesSpent()) === spent + 1;
    if (!silent || !one || at === undefined)
      wrong.push(
        `${seconds} s: ${silent ? '' : 'not silent, '}${flaps.requests - before} requests`,
      );
  }
  return [
    check(
      'windows double up to 15 min, silent, one probe each',
      wrong.length === 0,
      `${seen.join(', ')} s${wrong.map((one) => `; ${one}`).join('')}`,
    ),
    await recovery(flaps),
  ];
}

/** A probe that is answered closes it, and the next window is a first one again. */
async function recovery(flaps: Flaps): Promise<Check> {
  flaps.sim.partners.behave('p0', OK);
  const back = await firstRequest(flaps, flaps.sim.clock.now() + 20 * MINUTE, 10 * SECOND);
  await flaps.rest();
  const closed = await flaps.closed();
  await flaps.flap('F'.repeat(10));
  const opened = flaps.sim.clock.now();
  const again = await firstRequest(flaps, opened + 40 * SECOND, SECOND);
  const took = ((again ?? Number.NaN) - opened) / SECOND;
  await flaps.rest();
  return check(
    'an answered probe closes it, and the windows begin anew',
    back !== undefined && closed && took >= 23 && took <= 38,
    `closed ${closed}, next window ${took.toFixed(0)} s`,
  );
}

/** The state is gone: requests go out as if nothing had been. */
async function stateLoss(flaps: Flaps): Promise<Check> {
  await flaps.flap('F'.repeat(10));
  const shut = !(await flaps.closed());
  await flaps.sim.stores.withRedis((redis) => redis.flushall());
  // What the others know is asked for every two seconds of real time; the breaker's own clock stands still.
  const opened = await waitFor(() => flaps.closed(), 20_000, 1000);
  await flaps.rest();
  return check(
    'a lost state lets everything through',
    shut && opened,
    `open before ${shut}, sends again ${opened}`,
  );
}

async function run(context: DrillContext): Promise<Verdict> {
  return simulated(context, { options: { p0: { sockets: 1 } } }, async (sim) => {
    const flaps = new Flaps(sim);
    const checks = [
      await opening(flaps, '9 failures of 9 prove nothing', 'F'.repeat(9), false),
      await opening(flaps, '6 failures of 10 are too few', 'SFSFSFSFFF', false),
      await opening(flaps, '7 failures of 10 open it', 'SFSFSFFFFF', true),
      await inARow(flaps, 19, false),
      await inARow(flaps, 20, true),
      ...(await windows(flaps, scale(context, WINDOWS_S.length, 4))),
      await stateLoss(flaps),
    ];
    return { checks: [...checks, ...(await sim.judge())], facts: { requests: flaps.requests } };
  });
}

export const d29: Drill = {
  id: 'D29',
  title: 'breaker: scripted flaps by a clock of its own',
  bar: 'opens and closes exactly as promised; no try is spent while it is open; a lost state lets everything through',
  quick: true,
  run,
};
