import { check, type Check } from './drill.js';
import type { Try } from './sender.js';

/** From the moment the store was dead to the moment it was started again, epoch ms. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

const told = ({ status }: Try): boolean => status >= 200 && status < 300;

/** Nobody was told "kept" while nothing could be kept. Without a try in that time nothing was shown. */
export function noneAccepted(tries: readonly Try[], outages: readonly Outage[]): Check {
  const begun = ({ at }: Try, { from, to }: Outage): boolean => at >= from && at < to;
  const asked = tries.filter((one) => outages.some((outage) => begun(one, outage)));
  // An answer after the store was started again may well be a yes.
  const wrong = asked.filter(
    (one) =>
      told(one) && outages.some((outage) => begun(one, outage) && one.at + one.ms <= outage.to),
  );
  return check(
    'no 2xx while the store was dead',
    asked.length > 0 && wrong.length === 0,
    `${asked.length} tries in ${outages.length} outages, ${wrong.length} × 2xx`,
  );
}

/** A network whose notification could not be kept must hear a 5xx or nothing: it gives up on a 4xx. */
export function onlyHonestRefusals(tries: readonly Try[]): Check {
  const counts = new Map<number, number>();
  for (const { status } of tries) counts.set(status, (counts.get(status) ?? 0) + 1);
  const wrong = tries.filter((one) => !told(one) && one.status !== 0 && one.status < 500);
  const shown = [...counts].map(([status, n]) => `${n} × ${status === 0 ? 'no answer' : status}`);
  return check('others got 5xx or no answer', wrong.length === 0, shown.join(', '));
}
