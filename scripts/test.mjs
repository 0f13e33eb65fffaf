import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep } from './lib/steps.mjs';
import { noteFailure, sentence, totalsIn } from './lib/totals.mjs';

/**
 * Everything that needs only `npm ci`: check, build, then the suites on an embedded database. Ends in the sum of all.
 * TEST_RESULTS names a folder for the reports; whoever gave it prints the sum.
 */
const given = process.env.TEST_RESULTS;
const results = given ?? mkdtempSync(join(tmpdir(), 'switchyard-results-'));
mkdirSync(results, { recursive: true });

const SUITES = ['integration', 'contracts', 'e2e', 'chaos'];
const DEADLINE_MS = 20 * 60_000;

const check = await runStep({
  name: 'check',
  args: ['scripts/check.mjs'],
  env: { CHECK_RESULTS: results },
  show: 'always',
  deadlineMs: DEADLINE_MS,
});
if (!check.passed && totalsIn(results).failed === 0) noteFailure(results, 'check');
const build = await runStep({ name: 'build', args: ['scripts/build.mjs'], show: 'always' });
if (!build.passed) noteFailure(results, 'build');

for (const suite of SUITES) {
  const report = join(results, `${suite}.json`);
  const args = ['scripts/jest.mjs', suite, '--json', `--outputFile=${report}`];
  const { passed } = await runStep({ name: suite, args, show: 'always', deadlineMs: DEADLINE_MS, report });
  if (!passed) noteFailure(results, suite);
}

const totals = totalsIn(results);
if (!given) {
  rmSync(results, { recursive: true, force: true });
  console.log(sentence(totals));
}
process.exit(totals.failed === 0 ? 0 : 1);
