import { SETTINGS } from './lib/app.mjs';
import { results } from './lib/measure.mjs';
import { answers } from './bars/answers.mjs';
import { calls } from './bars/calls.mjs';
import { durable } from './bars/durable.mjs';
import { echo } from './bars/echo.mjs';
import { execution } from './bars/execution.mjs';
import { fanOut } from './bars/fan-out.mjs';
import { gateway } from './bars/gateway.mjs';
import { idle } from './bars/idle.mjs';
import { layout } from './bars/layout.mjs';
import { processes } from './bars/processes.mjs';
import { profile } from './bars/profile.mjs';
import { scale } from './bars/scale.mjs';
import { search } from './bars/search.mjs';
import { soak } from './bars/soak.mjs';
import { start } from './bars/start.mjs';

/**
 * `npm run bench`: all benchmarks but `answers`, `scale` and `soak`, each beside its reference in the same run. `npm run bench -- echo idle`
 * picks; `npm run bench -- soak 2` runs the soak for 2 minutes. `npm run build` comes first.
 */
const BARS = {
  layout,
  start,
  profile,
  calls,
  execution,
  echo,
  durable,
  fanout: fanOut,
  gateway,
  idle,
  processes,
  answers,
  scale,
  search,
  soak,
};
const ONLY_WHEN_NAMED = new Set(['answers', 'scale', 'soak']);

const given = process.argv.slice(2);
const named = given.filter((word) => !/^\d+(\.\d+)?$/.test(word));
const unknown = named.filter((name) => !(name in BARS));
if (unknown.length > 0) {
  console.error(`There is no benchmark "${unknown.join('", "')}": ${Object.keys(BARS).join(', ')}.`);
  process.exit(1);
}
const number = given.map(Number).find((value) => !Number.isNaN(value));
const chosen = named.length > 0 ? named : Object.keys(BARS).filter((name) => !ONLY_WHEN_NAMED.has(name));

console.log(`settings: ${JSON.stringify(SETTINGS)}`);
for (const name of chosen) {
  const started = performance.now();
  await BARS[name](number);
  console.log(`     ${name} took ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
const missed = results.filter(({ pass }) => !pass);
console.log(
  missed.length === 0 ? `All ${results.length} bars hold.` : `Missed: ${missed.map(({ bar }) => bar).join('; ')}`,
);
process.exit(missed.length === 0 ? 0 : 1);
