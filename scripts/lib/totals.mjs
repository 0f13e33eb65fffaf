import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NONE = { passed: 0, failed: 0, skipped: 0 };

const add = (one, other) => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: one.skipped + other.skipped,
});

/**
 * What Jest's `--json` report counts. A file that could not run, or a run that found no test, is one failure.
 * @param {string} file
 */
export function totalsOf(file, unreadable = { ...NONE, failed: 1 }) {
  const report = readReport(file);
  if (!report) return unreadable;
  const counted = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  const complete = report.success && report.numTotalTests > 0;
  return complete || counted.failed > 0 ? counted : { ...counted, failed: 1 };
}

/** @returns {object | undefined} nothing where there is no report, or half of one */
export function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Notes that a step failed, unless its report tells of failed tests anyway. */
export function noteFailure(folder, name) {
  if (totalsOf(join(folder, `${name}.json`), NONE).failed === 0) writeFileSync(join(folder, `${name}.failed`), '');
}

/** Adds up every `*.json` report of a folder, and one failure for each `*.failed` file (a step that counts no tests). */
export function totalsIn(folder) {
  return readdirSync(folder).reduce((sum, name) => {
    if (name.endsWith('.json')) return add(sum, totalsOf(join(folder, name)));
    return name.endsWith('.failed') ? add(sum, { ...NONE, failed: 1 }) : sum;
  }, NONE);
}

export const sentence = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
