import { arrive, CARRIERS, makeFolder, startProduct } from '../lib/app.mjs';
import { median, report } from '../lib/measure.mjs';
import { startLoad } from '../lib/processes.mjs';

const SESSIONS = 200;
const MINUTES = 10;
const LOOK_EVERY_MS = 10_000;
/** Until every session has as many events in memory as may be, and the engine has compiled what it will: that takes longest. */
const WARM_UP_TURNS = 50 * SESSIONS;
const TURNS_PER_SECOND = 10;

/**
 * 200 sessions over both carriers, with turns, tool calls and clients that come and go, for `minutes` after a warm-up:
 * the memory of the process after garbage collection, by the slope of a line through all looks.
 */
export async function soak(minutes = MINUTES) {
  const folder = await makeFolder();
  const app = await startProduct(folder);
  try {
    const { newSession, target } = await arrive(app.origin);
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, newSession));
    const loads = await Promise.all(
      CARRIERS.map(async (carrier, place) => {
        const load = await startLoad();
        const own = sessions.filter((_, index) => index % CARRIERS.length === place);
        await load.ask(
          'open',
          carrier,
          own.map((session) => target(carrier, session)),
        );
        return { load, carrier };
      }),
    );
    const live = (limits) => Promise.all(loads.map(({ load, carrier }) => load.ask('live', carrier, limits)));
    await live({ turns: WARM_UP_TURNS / 2 });
    const looks = [];
    const started = performance.now();
    const running = live({ seconds: minutes * 60, perSecond: TURNS_PER_SECOND / 2 });
    let ended = false;
    void running.finally(() => {
      ended = true;
    });
    while (!ended) {
      const look = await app.look();
      looks.push({ minute: (performance.now() - started) / 60_000, ...look });
      const mb = (bytes) => (bytes / 2 ** 20).toFixed(1);
      console.log(
        `     minute ${looks.at(-1).minute.toFixed(1)}: RSS ${mb(look.rss)} MB, heap ${mb(look.heapUsed)} MB, compiled code ${mb(look.code)} MB, buffers ${mb(look.external)} MB, ` +
          `${look.descriptors} descriptors`,
      );
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))]);
    }
    const done = (await running).reduce((sum, { count }) => sum + count, 0);
    console.log(`     ${done} turns, ${looks.length} looks`);
    judge(looks);
    for (const { load } of loads) await load.stop();
  } finally {
    await app.stop();
    await folder.remove();
  }
}

function judge(looks) {
  const last = looks.at(-1);
  const heap = slope(looks, ({ heapUsed, external }) => (heapUsed + external) / 2 ** 20) * MINUTES;
  const rss = slope(looks, (look) => look.rss / 2 ** 20) * MINUTES;
  const growth = (bar, value) => report(bar, value, 1, { limit: 1, higherIsBetter: false });
  growth('soak, slope of the heap in use, MB in 10 minutes against 1', heap);
  growth('soak, slope of RSS, MB in 10 minutes against 1', rss);
  const third = Math.ceil(looks.length / 3);
  // Pools open and close connections all the time: what they have at most is what must not grow.
  const open = (some) => Math.max(...some.map(({ descriptors }) => descriptors));
  report(
    'soak, most descriptors at the end against the beginning',
    open(looks.slice(-third)),
    open(looks.slice(0, third)),
    {
      limit: 1.02,
      higherIsBetter: false,
    },
  );
  growth('soak, unhandled rejections against 1', last.unhandled + (last.unhandled > 0 ? 1 : 0));
}

/** Per minute: the median of the slopes of all pairs (Theil and Sen), which single peaks do not move. */
function slope(looks, what) {
  const slopes = [];
  for (const [index, one] of looks.entries()) {
    for (const other of looks.slice(index + 1)) slopes.push((what(other) - what(one)) / (other.minute - one.minute));
  }
  return median(slopes);
}
