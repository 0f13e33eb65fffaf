import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from './lib/node.mjs';
import { runSteps } from './lib/steps.mjs';
import { noteFailure } from './lib/totals.mjs';

/** Types, lint, format, unit tests and the architecture. CHECK_RESULTS names a folder for Jest's reports. */
const results = process.env.CHECK_RESULTS ?? mkdtempSync(join(tmpdir(), 'switchyard-check-'));

const tsc = (name, project) => ({ name, args: ['node_modules/typescript7/bin/tsc', '-p', project] });
const jest = (name, suite, ...rest) => {
  const report = join(results, `${name}.json`);
  return { name, report, args: ['scripts/jest.mjs', suite, '--json', `--outputFile=${report}`, ...rest] };
};

const steps = [
  jest('unit', 'unit'),
  { name: 'lint', args: ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'] },
  tsc('types', 'tsconfig.check.json'),
  ...(existsSync(inRoot('web/tsconfig.json')) ? [tsc('types web', 'web/tsconfig.json')] : []),
  { name: 'format', args: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'] },
  jest('architecture', 'unit', '--roots=test', '--testPathPatterns=/test/architecture\\.spec\\.ts$'),
];

// One more than two processors: unit tests wait a little now and then.
const done = await runSteps(steps, availableParallelism() > 1 ? 3 : 1);
const failed = done.filter(({ passed }) => !passed);
for (const { name } of failed) noteFailure(results, name);
if (!process.env.CHECK_RESULTS) rmSync(results, { recursive: true, force: true });
process.exit(failed.length === 0 ? 0 : 1);
