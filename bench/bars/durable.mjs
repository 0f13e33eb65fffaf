import { fileURLToPath } from 'node:url';
import { arrive, makeFolder, startProduct } from '../lib/app.mjs';
import { inTurns, reportRounds } from '../lib/measure.mjs';
import { startLoad } from '../lib/processes.mjs';

const WRITER = fileURLToPath(new URL('../lib/log-writer.mjs', import.meta.url));
const SESSIONS = 8;
const SECONDS = 2;
const ROUNDS = 3;
/** What a talkative call writes at once; and one at a time, which no bar asks for. */
const BATCHES = [50, 1];

/**
 * Events through the product's log, until the last has come to a WebSocket client of its session, against the same
 * rows in the same batches by the bare `pg` driver: one append under way in each of 8 sessions, every one committed.
 */
export async function durable() {
  const folder = await makeFolder();
  const app = await startProduct(folder, { script: WRITER });
  try {
    const { newSession, target } = await arrive(app.origin);
    for (const batch of BATCHES) {
      const found = await inTurns(ROUNDS, async (who) => {
        const sessions = await Promise.all(Array.from({ length: SESSIONS }, newSession));
        const load = await startLoad();
        await load.ask(
          'open',
          'raw',
          sessions.map((session) => target('raw', session)),
        );
        await load.ask('follow');
        const started = performance.timeOrigin + performance.now();
        const { wrote } = await app.ask({ write: who, sessions, batch, seconds: SECONDS });
        const total = wrote.counts.reduce((sum, count) => sum + count, 0);
        let { perSecond } = wrote;
        if (who === 'ours') {
          const { at, exact } = await load.ask('reach', wrote.counts);
          if (!exact) throw new Error('A client got an event twice.');
          perSecond = (total / (at - started)) * 1000;
        }
        await load.stop();
        return { perSecond };
      });
      const limit = batch === 1 ? undefined : 0.5;
      const bar = `durable events/s in batches of ${batch}, to the client`;
      reportRounds(bar, found, ({ perSecond }) => perSecond, { limit, higherIsBetter: true });
    }
  } finally {
    await app.stop();
    await folder.remove();
  }
}
