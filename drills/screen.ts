import type { DrillResult } from './result.js';

const MARK = { passed: '✔', failed: '✘', skipped: '–' } as const;
const tell = (line: string): void => void process.stdout.write(`${line}\n`);

export const heading = (line: string): void => tell(`\n${line}`);
export const note = (line: string): void => tell(`      ${line}`);

/** One finished drill; its failed checks in full. */
export function finished(result: DrillResult): void {
  tell(`   ${MARK[result.outcome]}  ${result.id} ${result.outcome} after ${result.seconds} s`);
  if (result.skipped !== undefined) tell(`      ${result.skipped}`);
  for (const one of result.checks) {
    if (!one.ok || result.outcome === 'failed')
      tell(`      ${one.ok ? ' ' : '✘'} ${one.name}: ${one.detail}`);
  }
}

/** The table at the end; what failed is told again below it, where a long run is looked at first. */
export function table(results: readonly DrillResult[]): void {
  const width = Math.max(...results.map(({ title }) => title.length), 5);
  tell(`\n   drill  ${'what'.padEnd(width)}  checks  seconds`);
  for (const { id, title, outcome, checks, seconds } of results) {
    const good = `${checks.filter(({ ok }) => ok).length}/${checks.length}`;
    tell(
      ` ${MARK[outcome]} ${id.padEnd(5)}  ${title.padEnd(width)}  ${good.padStart(6)}  ${seconds.toFixed(1).padStart(7)}`,
    );
  }
  for (const { id, checks } of results.filter(({ outcome }) => outcome === 'failed')) {
    for (const { name, detail } of checks.filter(({ ok }) => !ok))
      tell(`\n ${MARK.failed} ${id}  ${name}: ${detail}`);
  }
  const count = (outcome: DrillResult['outcome']): number =>
    results.filter((one) => one.outcome === outcome).length;
  tell(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
}
