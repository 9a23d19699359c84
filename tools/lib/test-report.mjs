import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './project.mjs';

/** Where Jest leaves its report. */
export const REPORT = path.join(ROOT, 'test-results/jest.json');

/** The counts of a Jest report in one line. A suite that could not even be loaded counts as a failure. */
export function closingLine(report) {
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const skipped = report.numPendingTests + report.numTodoTests;
  const tail = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${report.numPassedTests} passed, ${failed} failed${tail}`;
}

/** The closing line of the last run; a run without a report is one failure. */
export function lastClosingLine(file = REPORT) {
  try {
    return closingLine(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return '0 passed, 1 failed';
  }
}
