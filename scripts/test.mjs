import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { endingOf } from './lib/failures.mjs';
import { runStep, runSteps } from './lib/steps.mjs';
import { noteFailure, totalsIn } from './lib/totals.mjs';

/**
 * Everything that needs only `npm ci`: check, build, then the suites on an embedded database; `cluster` and `browser` as
 * arguments add the suites that need more. Ends in the sum of all.
 * TEST_RESULTS names a folder for the reports; whoever gave it prints the sum.
 */
const given = process.env.TEST_RESULTS;
const results = given ?? mkdtempSync(join(tmpdir(), 'switchyard-results-'));
mkdirSync(results, { recursive: true });

const added = new Set(process.argv.slice(2));
const MORE = ['cluster', 'browser'];
const unknown = [...added].filter((name) => !MORE.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown suite ${unknown.join(', ')}; there are ${MORE.join(' and ')} to add.`);
  process.exit(2);
}

const DEADLINE_MS = 20 * 60_000;

/** @param which of its files, by how their names begin; after `not`, all others */
function suite(name, { only, not } = {}) {
  const label = [name, only && `(${only})`, not && `(not ${not})`].filter(Boolean).join(' ');
  const report = join(results, `${[name, only ?? (not && 'others')].filter(Boolean).join('-')}.json`);
  const files = [
    ...(only ? [`--testPathPatterns=/test/${name}/${only}`] : []),
    ...(not ? [`--testPathIgnorePatterns=/test/${name}/${not}`] : []),
  ];
  const args = ['scripts/jest.mjs', name, '--json', `--outputFile=${report}`, ...files];
  return { name: label, args, show: 'after', deadlineMs: DEADLINE_MS, report };
}

/** Two at a time, in an order in which who is busy runs beside who waits for what dies or is drawn, and both ends meet. */
const TOGETHER = [
  suite('integration'),
  suite('chaos', { not: 'kill' }),
  suite('e2e'),
  ...(added.has('browser') ? [suite('browser')] : []),
  ...(added.has('cluster') ? [suite('cluster', { not: 'kill' })] : []),
  suite('contracts'),
];
/** These use all of the machine, and promise that work is done in time. */
const ALONE = [suite('chaos', { only: 'kill' }), ...(added.has('cluster') ? [suite('cluster', { only: 'kill' })] : [])];

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

const done = await runSteps(TOGETHER, 2);
done.push(...(await runSteps(ALONE, 1)));
for (const { passed, report } of done) if (!passed) noteFailure(results, basename(report, '.json'));

const totals = totalsIn(results);
if (!given) {
  console.log(endingOf(results));
  rmSync(results, { recursive: true, force: true });
}
process.exit(totals.failed === 0 ? 0 : 1);
