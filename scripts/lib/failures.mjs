import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from './node.mjs';
import { readReport, sentence, totalsIn } from './totals.mjs';

const TOLD = 10;
const LINES_OF_EACH = 14;

/**
 * What failed by Jest's `--json` report, one text for each test or file: its file and name, then how its message begins.
 * @param {string | undefined} file a report that may not be there, or not be whole
 * @returns {string[]}
 */
export function failuresOf(file) {
  const report = file && readReport(file);
  return (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const path = relative(ROOT, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [told(`${path} could not run`, message)] : [];
    return failed.map((test) => told(`${path} › ${test.fullName}`, test.failureMessages.join('\n')));
  });
}

/** The failures of one report to print above everything else that its run printed. */
export function firstFailures(file) {
  const failures = failuresOf(file);
  const more = failures.length - TOLD;
  return [...failures.slice(0, TOLD), ...(more > 0 ? [`  … and ${more} more`] : [])].join('\n');
}

/** How a run ends: what failed in any report of the folder, by name only, and the sum in the last line. */
export function endingOf(folder) {
  const reports = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const failures = reports.flatMap((name) => failuresOf(join(folder, name)));
  return [...failures.map((text) => text.split('\n', 1)[0]), sentence(totalsIn(folder))].join('\n');
}

function told(title, message) {
  const lines = stripVTControlCharacters(message).trim().split('\n').slice(0, LINES_OF_EACH);
  return [`  ● ${title}`, ...lines.map((line) => `    ${line}`.trimEnd())].join('\n');
}
