import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './project.mjs';

/** Where Jest leaves its report. */
export const REPORT = path.join(ROOT, 'test-results/jest.json');

/** Where CI has the drills leave theirs. */
export const DRILL_REPORT = path.join(ROOT, 'test-results/drills.json');

/** The counts of a Jest report. A suite that could not even be loaded counts as a failure. */
export const testCounts = (report) => ({
  passed: report.numPassedTests,
  failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
  skipped: report.numPendingTests + report.numTodoTests,
});

/** The counts of a report of drills. */
export function drillCounts({ results }) {
  const count = (outcome) => results.filter((one) => one.outcome === outcome).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** Counts in one line. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** What `counts` makes of a file; a run without a report is one failure. */
function countsOf(file, counts) {
  try {
    return counts(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** The closing line of the last run of the tests. */
export const lastClosingLine = (file = REPORT) => closingLine(countsOf(file, testCounts));

/** Tests and drills together. */
export function lastClosingLineOfAll(tests = REPORT, drills = DRILL_REPORT) {
  const [a, b] = [countsOf(tests, testCounts), countsOf(drills, drillCounts)];
  return closingLine({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  });
}
