import { check, type Check } from './drill.js';
import type { World } from './world.js';

/** Waits for the last delivery; the bar is how long that took from now. */
export async function calmWithin(world: World, limitS: number, name: string): Promise<Check> {
  const began = performance.now();
  // A little longer than the bar, so that a miss is told in numbers.
  const calm = await world.settled(limitS * 1000 + 120_000);
  const seconds = (performance.now() - began) / 1000;
  return check(
    `${name} ≤ ${limitS} s`,
    calm && seconds <= limitS,
    calm ? `${seconds.toFixed(1)} s` : `not within ${(seconds / 60).toFixed(1)} minutes`,
  );
}

/** Every try of the network got a 2xx. */
export function everyTryAccepted(world: World): Check {
  const { tries } = world.sender;
  const other = tries.filter(({ status }) => status < 200 || status > 299);
  const kinds = [...new Set(other.map(({ status }) => status))].join(', ');
  return check(
    'every try got a 2xx',
    other.length === 0 && tries.length > 0,
    `${tries.length} tries, ${other.length} without${other.length > 0 ? ` (status ${kinds})` : ''}`,
  );
}

/** The processes of the gateway are still those that were started: nothing had to restart them. */
export const pidsOf = (world: World): string =>
  world.replicas.map(({ pid }) => String(pid ?? 'gone')).join(', ');

export async function sameProcesses(world: World, before: string): Promise<Check> {
  const ready = await Promise.all(world.replicas.map((replica) => replica.isReady()));
  const now = pidsOf(world);
  return check(
    'recovered without a restart',
    now === before && ready.every(Boolean),
    `processes ${before} before, ${now} now; ${ready.filter(Boolean).length} of ${ready.length} ready`,
  );
}
