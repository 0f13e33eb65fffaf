import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { inRoot, recentNode } from './lib/node.mjs';

/** `npm run chaos -- <what> [options]`: one proof under crashes and loss, at its full length. */
const RUNS = {
  kill: { spec: 'chaos/kill', says: 'kill -9 of the process', rounds: ['CHAOS_KILLS', 200] },
  approvals: {
    spec: 'chaos/approvals',
    says: 'decisions at once, and just before a kill',
    rounds: ['CHAOS_APPROVALS', 200],
  },
  held: {
    spec: 'chaos/held-calls',
    says: 'held calls: decisions at once, and just before a kill; webhooks',
    rounds: ['CHAOS_HELD', 200],
  },
  postgres: { spec: 'chaos/outages', says: 'PostgreSQL restarted with -m immediate', rounds: ['CHAOS_RESTARTS', 20] },
  disk: { spec: 'chaos/full-disk', says: 'PostgreSQL without room' },
  network: {
    spec: 'chaos/broken-connections',
    says: 'connections cut, and fallen silent',
    rounds: ['CHAOS_CUTS', 100],
  },
  stop: { spec: 'chaos/terminate', says: 'SIGTERM under load' },
  redis: {
    suite: 'cluster',
    spec: 'cluster/processes',
    test: 'lose nothing with Redis',
    says: 'Redis killed, emptied and stopped',
    rounds: ['CHAOS_REDIS', 20],
  },
};
const CLUSTER_KILL = { ...RUNS.kill, suite: 'cluster', spec: 'cluster/kills' };

const options = {
  kills: { type: 'string' },
  rounds: { type: 'string' },
  sessions: { type: 'string' },
  seed: { type: 'string' },
  cluster: { type: 'boolean' },
};
const { values, positionals } = readArguments();
const [name = ''] = positionals;
const run = name === 'kill' && values.cluster ? CLUSTER_KILL : RUNS[name];
if (!run) usage();

const [roundsName, roundsByDefault] = run.rounds ?? [];
const environment = {
  SUITE: run.suite ?? 'chaos',
  ...(roundsName && { [roundsName]: values.kills ?? values.rounds ?? String(roundsByDefault) }),
  CHAOS_SESSIONS: values.sessions ?? '50',
  ...(values.seed && { CHAOS_SEED: values.seed }),
};
execute([inRoot('scripts/build.mjs'), 'server']);
execute(
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    inRoot('node_modules/jest/bin/jest.js'),
    run.spec,
    ...(run.test ? ['--testNamePattern', run.test] : []),
  ],
  environment,
);

function execute(args, more = {}) {
  const { status } = spawnSync(recentNode(), args, {
    stdio: 'inherit',
    cwd: inRoot('.'),
    env: { ...process.env, ...more },
  });
  if (status !== 0) process.exit(status ?? 1);
}

function readArguments() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(error.message);
    return usage();
  }
}

function usage() {
  console.error('npm run chaos -- <what> [--rounds N] [--sessions N] [--seed N], where <what> is one of');
  for (const [one, { says, rounds }] of Object.entries(RUNS)) {
    console.error(`  ${one.padEnd(10)} ${says}${rounds ? `, ${rounds[1]} times` : ''}`);
  }
  console.error('kill --cluster kills one of two apis and two workers; it and redis need a redis-server.');
  process.exit(1);
}
