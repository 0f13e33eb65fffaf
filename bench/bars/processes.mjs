import { fileURLToPath } from 'node:url';
import { arrive, makeFolder, startProduct } from '../lib/app.mjs';
import { inTurns, reportRounds } from '../lib/measure.mjs';
import { startLoad } from '../lib/processes.mjs';
import { holdTo, startRedis } from '../lib/machine.mjs';

const WRITER = fileURLToPath(new URL('../lib/log-writer.mjs', import.meta.url));
const SESSIONS = 40;
const SECONDS = 4;
const ROUNDS = 3;
/** Of one processor, for each process of the product: what is left is for clients, PostgreSQL and Redis. */
const SHARE = 0.2;

/**
 * Two processes over Redis against one, each held to the same share of a processor: on a machine of few processors
 * nothing else shows what a second one adds. Half of the sessions are followed at the process that does not write
 * to them, so half of the events cross.
 */
export async function processes() {
  const [folder, redis] = [await makeFolder(), await startRedis()];
  const env = { REDIS_URL: redis.url };
  const apps = [await startProduct(folder, { env, script: WRITER })];
  apps.push(await startProduct(folder, { env, script: WRITER }));
  const held = apps.map(({ pid }) => holdTo(pid, SHARE));
  try {
    const quota = held.every(Boolean);
    console.log(
      quota
        ? `     each process is held to ${SHARE * 100} % of a processor; figures are per second of the clock`
        : '     no control group to hold a process with: figures are per second of processor, times the processes',
    );
    const { newSession, at } = await arrive(apps[0].origin);
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, newSession));
    const share = (list, who) => (who === 'ours' ? list : list.slice(0, 1));
    const measure = async (who, run) => {
      const used = share(apps, who);
      // The second sleeps while the first is measured alone: else it would run its jobs.
      if (who === 'bare') apps[1].kill('SIGSTOP');
      const before = used.map((app) => app.cpuMs());
      const { count, perSecond } = await run(used).finally(() => apps[1].kill('SIGCONT'));
      const cpuMs = used.reduce((sum, app, index) => sum + app.cpuMs() - before[index], 0);
      return { rate: quota ? perSecond : (count / cpuMs) * 1000 * used.length, cpuPer: (cpuMs * 1000) / count };
    };
    const rounds = (name, run) =>
      inTurns(ROUNDS, (who) => measure(who, run)).then((found) => {
        const options = { limit: 1.7, higherIsBetter: true };
        reportRounds(`two processes over Redis against one, ${name}/s`, found, ({ rate }) => rate, options);
        const each = { higherIsBetter: false };
        reportRounds(`two processes over Redis against one, CPU µs/${name}`, found, ({ cpuPer }) => cpuPer, each);
      });

    await rounds('pings', async (used) => {
      const load = await startLoad();
      const targets = sessions.map((session, index) => at(used[index % used.length].origin)('raw', session));
      await load.ask('open', 'raw', targets);
      await load.ask('echo', 'raw', 0.5, 2);
      const { answered, perSecond } = await load.ask('echo', 'raw', SECONDS, 2);
      await load.stop();
      return { count: answered, perSecond };
    });
    await rounds('durable events to the client', async (used) => {
      const load = await startLoad();
      const targets = sessions.map((session, index) => at(used[index % used.length].origin)('raw', session));
      await load.ask('open', 'raw', targets);
      await load.ask('follow');
      const started = performance.timeOrigin + performance.now();
      const written = await Promise.all(
        used.map(async (app, place) => {
          const own = sessions.filter((_, index) => Math.floor(index / 2) % used.length === place);
          const { wrote } = await app.ask({ write: 'ours', sessions: own, batch: 1, seconds: SECONDS });
          return own.map((session, index) => [session, wrote.counts[index]]);
        }),
      );
      const counts = new Map(written.flat());
      const { at: reached, exact } = await load.ask(
        'reach',
        sessions.map((session) => counts.get(session)),
      );
      if (!exact) throw new Error('A client got an event twice.');
      await load.stop();
      const count = [...counts.values()].reduce((sum, some) => sum + some, 0);
      return { count, perSecond: (count / (reached - started)) * 1000 };
    });
    await rounds('turns of a chat', async (used) => {
      const load = await startLoad();
      const targets = sessions.map((session, index) => at(used[index % used.length].origin)('raw', session));
      await load.ask('open', 'raw', targets);
      await load.ask('chat', SECONDS / 4);
      const result = await load.ask('chat', SECONDS * 2);
      await load.stop();
      return result;
    });
  } finally {
    for (const release of held) release?.();
    for (const app of apps.reverse()) await app.stop();
    await redis.stop();
    await folder.remove();
  }
}
