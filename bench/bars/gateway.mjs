import { makeFolder } from '../lib/app.mjs';
import { median, report } from '../lib/measure.mjs';
import { startLoad } from '../lib/processes.mjs';
import { requestsFor } from '../lib/gateway/requests.mjs';
import { startTargets } from '../lib/gateway/targets.mjs';
import { gatewayMemory } from './gateway-memory.mjs';

/** What the compiler makes of the same code differs from process to process. */
const PROCESSES = 3;
/** Short and many: what else the machine does then meets all. Of who is far away fewer tell enough. */
const ROUNDS = { near: 9, far: 3 };
const NEAR = new Set(['lean', 'ours']);
const SECONDS = 1;
/** Until the compiler has done its work; the references that are slow take fewer calls to the same end. */
const WARM = { ours: 120_000, lean: 60_000, others: 4_000 };
const WARM_SECONDS_AT_MOST = 90;

const CALL = 'tools/call';
const LIST = 'tools/list';
const ERAS = ['legacy', 'modern'];
/** Each is measured of each target that has its era, by turns. */
const FIGURES = [
  ...ERAS.flatMap((era) => [1, 16, 64].map((connections) => ({ era, method: CALL, connections }))),
  ...ERAS.map((era) => ({ era, method: LIST, connections: 16, only: NEAR })),
];
const nameOf = ({ era, method, connections }) => `${era} ${method} c=${connections}`;

/**
 * A call through `/mcp` with a key, policy and request log, beside the same call at the upstream, through nginx, a bare
 * pipe, a lean relay and pass-throughs on the official SDK. CPU is that of the process, without its PostgreSQL, as in
 * `execution`.
 */
export async function gateway() {
  const found = new Map();
  for (let process = 1; process <= PROCESSES; process += 1) await measureProcesses(found);
  const results = of(found);
  show(results);
  for (const era of ERAS) reportEra(era, results);
  await gatewayMemory();
}

async function measureProcesses(found) {
  const folder = await makeFolder();
  const load = await startLoad();
  let running;
  try {
    running = await startTargets(folder);
    const { targets } = running;
    const plans = [];
    for (const figure of FIGURES) {
      for (const [who, target] of Object.entries(targets)) {
        if (!target.eras.includes(figure.era) || (figure.only && !figure.only.has(who))) continue;
        plans.push({ figure, who, target, requests: await requestsFor(load, target, figure) });
      }
    }
    for (const plan of plans) await warm(load, plan);
    for (let round = 0; round < ROUNDS.near; round += 1) {
      for (const plan of round % 2 === 0 ? plans : plans.toReversed()) {
        if (round >= ROUNDS.far && !NEAR.has(plan.who)) continue;
        const key = `${nameOf(plan.figure)}|${plan.who}`;
        found.set(key, [...(found.get(key) ?? []), await run(load, plan, { seconds: SECONDS })]);
      }
    }
  } finally {
    await running?.stop();
    await load.stop();
    await folder.remove();
  }
}

async function warm(load, plan) {
  const calls = (WARM[plan.who] ?? WARM.others) / 8;
  await run(load, plan, { calls, seconds: WARM_SECONDS_AT_MOST / 8 });
}

async function run(load, { target, requests }, until) {
  const before = target.server.cpuMs();
  const result = await load.ask('postEach', requests, until);
  return { ...result, cpu: ((target.server.cpuMs() - before) * 1000) / result.answered };
}

/** The rounds of a figure, by who was measured. */
const of = (found) => (figure) =>
  Object.fromEntries(
    [...found]
      .filter(([key]) => key.startsWith(`${figure}|`))
      .map(([key, rounds]) => [key.slice(figure.length + 1), rounds]),
  );

/** All figures as a table, for people. */
function show(results) {
  for (const figure of FIGURES.map(nameOf)) {
    console.log(`     ${figure}`);
    for (const [who, rounds] of Object.entries(results(figure))) {
      const middle = (what) => median(rounds.map((round) => round[what]));
      const words = [
        `${middle('perSecond').toFixed(0).padStart(6)} calls/s`,
        `p50 ${middle('p50').toFixed(2).padStart(6)} ms`,
        `p99 ${middle('p99').toFixed(2).padStart(7)} ms`,
        `CPU ${middle('cpu').toFixed(0).padStart(5)} us/call`,
      ];
      console.log(`       ${who.padEnd(8)} ${words.join('  ')}`);
    }
  }
}

function reportEra(era, results) {
  const call = (connections) => results(nameOf({ era, method: CALL, connections }));
  const name = `gateway ${era}`;
  const atMost = (limit) => ({ limit, higherIsBetter: false });
  const atLeast = (limit) => ({ limit, higherIsBetter: true });
  const cpu = ({ cpu: value }) => value;
  const rate = ({ perSecond }) => perSecond;
  const at16 = call(16);
  compare(`${name}, CPU us/call at 16, by the lean relay`, at16.ours, at16.lean, cpu, atMost(1.5));
  for (const connections of [16, 64]) {
    const { ours, lean, ...others } = call(connections);
    const passes = [others['sdk 1'], others['sdk 2']].filter(Boolean);
    const best = passes.toSorted((a, b) => median(b.map(rate)) - median(a.map(rate)))[0];
    compare(`${name}, calls/s at ${connections}, by the lean relay`, ours, lean, rate, atLeast(0.7));
    compare(`${name}, calls/s at ${connections}, by the better SDK`, ours, best, rate, atLeast(5));
  }
  const alone = call(1);
  // The upstream itself has one era only: what a hop adds is counted from there for both.
  const upstream = median(
    results(nameOf({ era: 'legacy', method: CALL, connections: 1 })).direct.map(({ p50 }) => p50),
  );
  compare(
    `${name}, added p50 ms at 1, by the lean relay`,
    alone.ours,
    alone.lean,
    ({ p50 }) => p50 - upstream,
    atMost(1.5),
  );
  const lists = results(nameOf({ era, method: LIST, connections: 16 }));
  compare(`${name}, lists of 500 tools/s at 16, by the lean relay`, lists.ours, lists.lean, rate, atLeast(0.7));
}

/** Medians; of rounds that met the same machine the ratio is the median of the ratios of each. */
function compare(bar, ours, theirs, what, options) {
  const middle = { ours: median(ours.map(what)), theirs: median(theirs.map(what)) };
  const ratios = ours.map((round, index) => what(round) / what(theirs[index] ?? round));
  const ratio = ours.length === theirs.length ? median(ratios) : middle.ours / middle.theirs;
  report(bar, middle.ours, middle.theirs, { ...options, ratio });
}
