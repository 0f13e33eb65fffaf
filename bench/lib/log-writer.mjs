import pg from 'pg';
import { SessionLog } from '../../dist/src/core/sessions/session-log.js';
import { toDriverOptions } from '../../dist/src/platform/database/connection.js';
import { readConfig } from '../../dist/src/platform/config/config.js';
import { CONNECTION } from '../../dist/src/platform/tokens.js';
import { startApplication } from '../../dist/src/start/application.js';

/** The product, with a way in for orders: rounds of appends to its log, and of inserts by the bare driver. */
const config = readConfig(process.env);
const { app, url } = await startApplication(config);
const log = app.get(SessionLog);
const pool = new pg.Pool({ ...toDriverOptions(app.get(CONNECTION)).pg, max: config.database.pool });
await pool.query('create table if not exists bench_events (like session_events including all)');

const eventOf = (index) => ({
  type: 'log_entry',
  payload: {
    timestamp: new Date().toISOString(),
    level: 'info',
    message: `row ${index} of the report was read, checked and written`,
    source: 'task_1',
    node_id: 'task_1',
  },
});

const INSERT = `insert into bench_events (session_id, seq, id, type, payload, ts)
  select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::json[], $6::timestamptz[])`;
let round = 0;
let made = 0;

const writers = {
  ours: (session, events) => log.append(session, events),
  bare: (session, events, first) =>
    pool.query(INSERT, [
      events.map(() => `${session}${round}`),
      events.map((_, place) => first + place),
      events.map(() => `evt_${String((made += 1)).padStart(32, '0')}`),
      events.map(({ type }) => type),
      events.map(({ payload }) => JSON.stringify(payload)),
      events.map(() => new Date().toISOString()),
    ]),
};

/** Each session has one append under way at a time, as one lock of the row allows. */
async function write(who, { sessions, batch, seconds }) {
  round += 1;
  const until = performance.now() + seconds * 1000;
  const started = performance.now();
  const counts = await Promise.all(
    sessions.map(async (session) => {
      let count = 0;
      while (performance.now() < until) {
        const events = Array.from({ length: batch }, (_, place) => eventOf(count + place));
        await writers[who](session, events, count + 1);
        count += batch;
      }
      return count;
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  return { counts, perSecond: counts.reduce((sum, count) => sum + count, 0) / elapsed };
}

/** One message of so many bytes. @returns when the append began, in ms since the epoch */
async function say({ session, mark, bytes }) {
  const at = performance.timeOrigin + performance.now();
  const payload = { message_id: mark, role: 'user', text: 'x'.repeat(bytes) };
  await log.append(session, [{ type: 'chat_message', payload }]);
  return at;
}

process.on('message', async (ask) => {
  if (ask.write) process.send({ wrote: await write(ask.write, ask) });
  if (ask.sql) process.send({ rows: (await pool.query(ask.sql)).rows });
  if (ask.say) process.send({ at: await say(ask.say) });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
console.log(`App ${url}`);
