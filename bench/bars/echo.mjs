import { arrive, bareTarget, CARRIERS, makeFolder, startProduct } from '../lib/app.mjs';
import { inTurns, reportRounds } from '../lib/measure.mjs';
import { startBare, startLoad } from '../lib/processes.mjs';

const CONNECTIONS = 50;
const DEPTH = 4;
const SECONDS = 1.5;
const ROUNDS = 5;

/** `ping` to `pong` through our whole router, against an echo of the bare carrier: 50 connections, 4 under way on each. */
export async function echo() {
  const folder = await makeFolder();
  const [app, bare] = [await startProduct(folder), await startBare()];
  try {
    const { newSession, target } = await arrive(app.origin);
    const session = await newSession();
    for (const carrier of CARRIERS) {
      const targets = { ours: target(carrier, session), bare: bareTarget(carrier, bare.origin) };
      const servers = { ours: app, bare };
      const found = await inTurns(ROUNDS, async (who) => {
        const load = await startLoad();
        await load.ask('open', carrier, Array(CONNECTIONS).fill(targets[who]));
        await load.ask('echo', carrier, 0.5, DEPTH);
        const before = servers[who].cpuMs();
        const result = await load.ask('echo', carrier, SECONDS, DEPTH);
        const cpu = ((servers[who].cpuMs() - before) * 1000) / result.answered;
        await load.stop();
        return { ...result, cpu };
      });
      const name = `${carrier} ping to pong`;
      reportRounds(`${name}, messages/s`, found, ({ perSecond }) => perSecond, { limit: 0.4, higherIsBetter: true });
      reportRounds(`${name}, CPU µs/message`, found, ({ cpu }) => cpu, { higherIsBetter: false });
      reportRounds(`${name}, p99 ms`, found, ({ p99 }) => p99, { higherIsBetter: false });
    }
  } finally {
    await Promise.all([app.stop(), bare.stop()]);
    await folder.remove();
  }
}
