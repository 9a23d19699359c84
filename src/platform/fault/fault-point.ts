/** Places where a fault drill may stop the process, in the order of the corridor. */
export const FAULT_POINTS = [
  'before-commit',
  'after-commit',
  'before-enqueue',
  'after-enqueue',
  'after-answer',
  'after-sweep',
  'after-claim',
  'before-send',
  'after-send',
  'before-settle',
  'after-settle',
] as const;

/** The same on the way of a draft that is no event at once. */
export const DRAFT_FAULT_POINTS = [
  'after-draft-claim',
  'after-look-up',
  'after-record-state',
  'after-draft-commit',
  'after-draft-result',
] as const;

export type FaultPointName = (typeof FAULT_POINTS)[number] | (typeof DRAFT_FAULT_POINTS)[number];

/**
 * `name` or `name:n`: the process kills itself (SIGKILL: no handler, no flush) at the n-th passage of that point. `null`
 * or production: does nothing. The configuration refuses the setting in production before this is reached.
 */
export function faultPoint(setting: string | null): (name: FaultPointName) => void {
  if (setting === null) return () => undefined;
  const [wanted, nth = '1'] = setting.split(':');
  let left = Number(nth);
  return (name) => {
    if (name === wanted && (left -= 1) === 0) process.kill(process.pid, 'SIGKILL');
  };
}
