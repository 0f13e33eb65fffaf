import { readFile, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { format, resolveConfig } from 'prettier';
import { arrive, makeFolder, startProduct } from '../lib/app.mjs';
import { machine, startRedis } from '../lib/machine.mjs';
import { cpuMsOf, startLoad } from '../lib/processes.mjs';
import { toTable } from '../scale/model.mjs';

const fileOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const WRITER = fileOf('../lib/log-writer.mjs');
const FIGURES = fileOf('../scale/figures.json');
const PAPER = fileOf('../../docs/scale.md');
const SESSIONS = 20;
const SECONDS = 15;
/** Every fourth message asks for the call of a tool. */
const CALL_EVERY = 4;
const IDLE = 1_000;
const FOLLOWERS = 300;
const SAID = 40;

/** What a turn, a delivery and a quiet socket cost here, written down for the simulation and for docs/scale.md. */
export async function scale() {
  const [folder, redis] = [await makeFolder(), await startRedis()];
  const app = await startProduct(folder, { env: { REDIS_URL: redis.url }, script: WRITER });
  try {
    const { newSession, target } = await arrive(app.origin);
    const turn = await ofTurn({ app, redis, newSession, target });
    const delivery = await ofDelivery({ app, newSession, target });
    const idle = await ofIdle({ app, newSession, target });
    const figures = { machine: machine(), date: new Date().toISOString().slice(0, 10), turn, delivery, idle };
    await writeFile(FIGURES, `${JSON.stringify(figures, null, 2)}\n`);
    await writeInto(PAPER, figures);
    console.log(toTable(figures));
  } finally {
    await app.stop();
    await redis.stop();
    await folder.remove();
  }
}

async function ofTurn({ app, redis, newSession, target }) {
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, newSession));
  const client = new Redis(redis.url);
  const load = await startLoad();
  await load.ask(
    'open',
    'raw',
    sessions.map((session) => target('raw', session)),
  );
  await load.ask('chat', SECONDS / 3, CALL_EVERY);
  const sql = async (text) => (await app.ask({ sql: text })).rows[0];
  const look = async () => {
    const { pid, log, events, bytes } = await sql(
      `select pg_backend_pid() as pid, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as log,
        (select count(*)::int from session_events) as events,
        pg_total_relation_size('session_events')::float8 as bytes`,
    );
    const published = /cmdstat_publish:calls=(\d+)/.exec(await client.info('commandstats'))?.[1];
    return {
      ...{ productCpuMs: app.cpuMs(), databaseCpuMs: databaseCpuMs(pid), redisCpuMs: cpuMsOf(redis.pid) },
      ...{ log, events, bytes, hints: Number(published ?? 0) },
    };
  };
  const before = await look();
  const { count } = await load.ask('chat', SECONDS, CALL_EVERY);
  const after = await look();
  await load.stop();
  await client.quit();
  const each = (what, by = 1) => round((after[what] - before[what]) / count / by);
  return {
    productCpuMs: each('productCpuMs'),
    databaseCpuMs: each('databaseCpuMs'),
    redisCpuMs: each('redisCpuMs'),
    events: each('events'),
    hints: each('hints'),
    logKiB: each('log', 1024),
    tableKiB: round(((after.bytes / after.events) * (after.events - before.events)) / count / 1024),
  };
}

async function ofDelivery({ app, newSession, target }) {
  const session = await newSession();
  const load = await startLoad();
  await load.ask('open', 'raw', Array(FOLLOWERS).fill(target('raw', session)));
  const before = app.cpuMs();
  for (let said = 0; said < SAID; said += 1) {
    const mark = `mark-${said}-`;
    await load.ask('expect', mark);
    const { at } = await app.ask({ say: { session, mark, bytes: 200 } });
    await load.ask('arrived', at);
  }
  const cpuUs = round(((app.cpuMs() - before) * 1000) / (SAID * FOLLOWERS));
  await load.stop();
  return { cpuUs };
}

async function ofIdle({ app, newSession, target }) {
  const sessions = [];
  while (sessions.length < IDLE) sessions.push(...(await Promise.all(Array.from({ length: 10 }, newSession))));
  const before = await app.look();
  const load = await startLoad();
  await load.ask(
    'open',
    'raw',
    sessions.map((session) => target('raw', session)),
  );
  const after = await app.look();
  await load.stop();
  const each = (what) => round((after[what] - before[what]) / IDLE / 1024);
  return { rssKiB: Math.max(each('rss'), each('heapUsed')), heapKiB: each('heapUsed') };
}

/** Of all processes of the server that has the backend `pid`. */
function databaseCpuMs(pid) {
  const parentOf = (of) => Number(readFileSync(`/proc/${of}/stat`, 'utf8').split(') ')[1].split(' ')[1]);
  const postmaster = parentOf(pid);
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (parentOf(name) === postmaster) sum += cpuMsOf(name);
    } catch {
      // It has ended since.
    }
  }
  return sum;
}

async function writeInto(path, figures) {
  const text = await readFile(path, 'utf8');
  const put = (page, name, table) =>
    page.replace(
      new RegExp(`(<!-- ${name} -->)[^]*?(<!-- end -->)`),
      (_, begin, end) => `${begin}\n\n${table}\n\n${end}`,
    );
  const { turn, delivery, idle, machine: on, date } = figures;
  const measured = [
    ['one turn (every fourth calls a tool)', ''],
    ['events in the log', turn.events],
    ['hints over Redis', turn.hints],
    ['processor of the product, ms', turn.productCpuMs],
    ['processor of PostgreSQL, ms', turn.databaseCpuMs],
    ['processor of Redis, ms', turn.redisCpuMs],
    ['write-ahead log, KiB', turn.logKiB],
    ['table and index of events, KiB', turn.tableKiB],
    ['one more follower of an event, µs of the product', delivery.cpuUs],
    ['one quiet socket in its own session, KiB of the product', idle.rssKiB],
  ];
  const rows = measured.map(([what, value]) => `| ${what} | ${value} |`).join('\n');
  const place = `Node ${on.node}, ${on.processors} processors (${on.model}), ${on.memoryGiB} GiB, ${date}`;
  const filled = put(put(text, 'measured', `| ${place} | |\n| --- | ---: |\n${rows}`), 'table', toTable(figures));
  await writeFile(path, await format(filled, { ...(await resolveConfig(path)), filepath: path }));
}

const round = (value) => Number(value.toPrecision(3));
