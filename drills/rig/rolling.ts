import type { Balancer } from './balancer.js';
import { check, waitFor, type Check } from './drill.js';
import type { World } from './world.js';

/** A replica that ends politely is gone within this (milliseconds). */
export const EXIT_MS = 45_000;

/** One replica ended politely and started again. */
export interface Roll {
  readonly exit: number | NodeJS.Signals;
  readonly ms: number;
  /** The balancer had stopped sending there while the door was still open. */
  readonly seenFirst: boolean;
}

/** Ends replica `i` politely and starts it again, with `more` in its environment, as soon as the balancer knows. */
export async function roll(
  world: World,
  balancer: Balancer,
  i: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Roll> {
  const replica = world.replica(i);
  const began = Date.now();
  let open = true;
  const stopping = replica.stop().then((exit) => {
    open = false;
    return { exit, ms: Date.now() - began };
  });
  await waitFor(() => !balancer.isReady(i), EXIT_MS, 20);
  const seenFirst = open;
  const { exit, ms } = await stopping;
  await replica.start(more);
  await waitFor(() => balancer.isReady(i), 10_000, 20);
  return { exit, ms, seenFirst };
}

/** Every roll went as it should. */
export function verdictOnRolls(rolls: readonly Roll[], wanted: number): Check[] {
  const slowest = Math.max(...rolls.map(({ ms }) => ms));
  const bad = rolls.filter(({ exit }) => exit !== 0).map(({ exit }) => String(exit));
  const seen = rolls.filter(({ seenFirst }) => seenFirst).length;
  return [
    check('rolled', rolls.length === wanted, `${rolls.length} of ${wanted}`),
    check('every exit is 0', bad.length === 0, bad.length === 0 ? 'yes' : bad.join(', ')),
    check('gone in < 45 s', slowest < EXIT_MS, `${slowest} ms at worst`),
    check('unready is seen before the door closes', seen === wanted, `${seen} of ${wanted}`),
  ];
}

/** Nobody outside noticed. */
export function verdictOnRequests(world: World, balancer: Balancer, least: number): Check[] {
  const { tries, acceptedCount } = world.sender;
  const failed = tries.filter(({ status }) => status < 200 || status >= 300);
  const { refused, broken, nowhere } = balancer.traffic;
  const detail = `${failed.length} of ${tries.length}; ${refused} refused and sent elsewhere, ${broken} broken, ${nowhere} with no backend`;
  const { idleResets } = balancer;
  return [
    check('load', acceptedCount >= least, `${acceptedCount} accepted, ${least} wanted`),
    check('0 failed requests', failed.length === 0, detail),
    check('0 idle connections reset', idleResets === 0, `${idleResets}`),
  ];
}
