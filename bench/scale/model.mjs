/**
 * From what a turn costs here to what a deployment needs. Linear on purpose: what is shared is counted where it is
 * shared, and nothing gets cheaper with size.
 */

/** What no benchmark here can measure; change it and see. */
export const ASSUMED = {
  /** A connected person sends a message every two minutes, for eight hours of the day. */
  turnsPerMinute: 0.5,
  hoursPerDay: 8,
  /** Of a processor, or of a database's: the rest is for peaks. */
  busyAtMost: 0.6,
  processorsPerNode: 8,
  /** One PostgreSQL: its processors, and what its disk takes of log in a second. */
  databaseProcessors: 16,
  databaseLogMiB: 100,
  /** What the system holds for a quiet socket, KiB; a process without clients, MiB. */
  socketKiB: 8,
  processMiB: 150,
  poolPerProcess: 16,
};

export const STEPS = [
  { name: 'a laptop', sessions: 1_000, connected: 5 },
  { name: 'one server', sessions: 100_000, connected: 1_000 },
  { name: 'two `api`, two `worker`, Redis', sessions: 500_000, connected: 5_000 },
  { name: 'ten nodes', sessions: 2_000_000, connected: 50_000 },
  { name: 'a hundred nodes', sessions: 10_000_000, connected: 500_000 },
];

/** @param figures as in figures.json */
export function scaleTo({ connected, sessions }, { turn, idle }, assumed = ASSUMED) {
  const turns = (connected * assumed.turnsPerMinute) / 60;
  const processors = (ms) => (turns * ms) / 1000;
  const least = (need, each) => Math.max(1, Math.ceil(need / each));
  const processes = least(processors(turn.productCpuMs), assumed.busyAtMost);
  const logMiB = (turns * turn.logKiB) / 1024;
  const database = processors(turn.databaseCpuMs);
  return {
    sessions,
    connected,
    turns,
    processes,
    nodes: least(processes, assumed.processorsPerNode * assumed.busyAtMost),
    memoryMiB: assumed.processMiB + (connected / processes / 1024) * (idle.rssKiB + assumed.socketKiB),
    events: turns * turn.events,
    databaseProcessors: database,
    logMiB,
    databases: Math.max(
      least(database, assumed.databaseProcessors * assumed.busyAtMost),
      least(logMiB, assumed.databaseLogMiB),
    ),
    databaseConnections: processes * assumed.poolPerProcess,
    tableGiBPerDay: (turns * 3600 * assumed.hoursPerDay * turn.tableKiB) / 2 ** 20,
    redisMessages: turns * turn.hints,
    redisProcessors: processors(turn.redisCpuMs),
  };
}

const short = (value) =>
  value >= 1e6
    ? `${+(value / 1e6).toPrecision(3)} M`
    : value >= 100
      ? Math.round(value).toLocaleString('en-US')
      : `${+value.toPrecision(2)}`;

const ROWS = [
  ['sessions kept', 'sessions'],
  ['sockets open', 'connected'],
  ['turns/s', 'turns'],
  ['processes of the product, 60 % busy', 'processes'],
  ['nodes of 8 processors for them', 'nodes'],
  ['MiB in each process', 'memoryMiB'],
  ['events/s', 'events'],
  ['PostgreSQL: processors', 'databaseProcessors'],
  ['PostgreSQL: MiB/s of write-ahead log', 'logMiB'],
  ['PostgreSQL: connections without a pooler', 'databaseConnections'],
  ['PostgreSQL: GiB of events a day', 'tableGiBPerDay'],
  ['PostgreSQL: servers of 16 processors', 'databases'],
  ['Redis: messages/s', 'redisMessages'],
  ['Redis: processors', 'redisProcessors'],
];

/** The table of docs/scale.md. */
export function toTable(figures) {
  const found = STEPS.map((step) => scaleTo(step, figures));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...STEPS.map(({ name }) => name)]),
    line(['---', ...STEPS.map(() => '---:')]),
    ...ROWS.map(([label, key]) => line([label, ...found.map((values) => short(values[key]))])),
  ].join('\n');
}
