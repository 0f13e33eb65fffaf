import { fileURLToPath } from 'node:url';
import { arrive, bareTarget, CARRIERS, makeFolder, startProduct } from '../lib/app.mjs';
import { inTurns, percentile, reportRounds } from '../lib/measure.mjs';
import { startBare, startLoad } from '../lib/processes.mjs';

const WRITER = fileURLToPath(new URL('../lib/log-writer.mjs', import.meta.url));
const CLIENTS = 1_000;
const MESSAGES = 20;
const WARM_UP = 10;
const ROUNDS = 5;
const BYTES = 200;

/**
 * One message in a session that 1,000 clients follow: from the append, which is committed first, to the arrival at
 * each, against `io.emit` of a bare socket.io with as many clients, which stores nothing.
 */
export async function fanOut() {
  const folder = await makeFolder();
  const [app, bare] = [await startProduct(folder, { script: WRITER }), await startBare()];
  try {
    const { newSession, target } = await arrive(app.origin);
    const reference = { server: bare, carrier: 'socket.io', session: 'session_0' };
    const session = await newSession();
    for (const carrier of CARRIERS) {
      const sides = { bare: reference, ours: { server: app, carrier, session } };
      const loads = { bare: await startLoad(), ours: await startLoad() };
      await loads.bare.ask('open', 'socket.io', Array(CLIENTS).fill(bareTarget('socket.io', bare.origin)));
      await loads.ours.ask('open', carrier, Array(CLIENTS).fill(target(carrier, session)));
      for (const who of ['bare', 'ours']) await deliver(sides[who], loads[who], WARM_UP);
      const found = await inTurns(ROUNDS, (who) => deliver(sides[who], loads[who], MESSAGES));
      await Promise.all([loads.bare.stop(), loads.ours.stop()]);
      const name = `fan-out to ${CLIENTS} over ${carrier} against bare socket.io`;
      reportRounds(`${name}, p99 ms`, found, ({ p99 }) => p99, { limit: 1.5, higherIsBetter: false });
      reportRounds(`${name}, p50 ms`, found, ({ p50 }) => p50, { higherIsBetter: false });
      reportRounds(`${name}, CPU µs/delivery`, found, ({ cpu }) => cpu, { higherIsBetter: false });
    }
  } finally {
    await Promise.all([app.stop(), bare.stop()]);
    await folder.remove();
  }
}

let said = 0;

async function deliver({ server, session }, load, messages) {
  const times = [];
  const before = server.cpuMs();
  for (let count = 0; count < messages; count += 1) {
    said += 1;
    const mark = `mark-${said}-`;
    await load.ask('expect', mark);
    const { at } = await server.ask({ say: { session, mark, bytes: BYTES } });
    times.push(...(await load.ask('arrived', at)));
  }
  const cpu = ((server.cpuMs() - before) * 1000) / times.length;
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), cpu };
}
