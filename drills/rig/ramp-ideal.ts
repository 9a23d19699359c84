const STEP_S = 0.1;

/**
 * Seconds that a partner with a rate needs for so many requests after it came back, when the rate grows from a tenth to the
 * whole over `rampS` seconds.
 */
export function idealDrainS(requests: number, perSecond: number, rampS: number): number {
  let [done, seconds] = [0, 0];
  while (done < requests) {
    const share = Math.min(1, 0.1 + (0.9 * seconds) / rampS);
    done += perSecond * share * STEP_S;
    seconds += STEP_S;
  }
  return seconds;
}
