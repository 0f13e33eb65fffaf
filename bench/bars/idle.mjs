import { arrive, bareTarget, CARRIERS, makeFolder, startProduct } from '../lib/app.mjs';
import { report } from '../lib/measure.mjs';
import { startBare, startLoad } from '../lib/processes.mjs';

const CONNECTIONS = 5_000;
/** Opened and closed first: what the process takes once and keeps is not the price of a connection. */
const WARM_UP = 500;

/** What one idle connection adds to the process, after garbage collection: 5,000 sessions, fresh processes for each. */
export async function idle() {
  for (const carrier of CARRIERS) {
    const reference = await ofBare(carrier);
    const ours = await ofProduct(carrier);
    for (const [what, name] of [
      ['rss', 'RSS'],
      ['heapUsed', 'heap in use'],
    ]) {
      report(`idle ${carrier} session, KiB of ${name}`, ours[what], reference[what], {
        limit: 2,
        higherIsBetter: false,
      });
    }
  }
}

async function ofBare(carrier) {
  const bare = await startBare();
  try {
    return await perConnection(bare, carrier, () => bareTarget(carrier, bare.origin));
  } finally {
    await bare.stop();
  }
}

async function ofProduct(carrier) {
  const folder = await makeFolder();
  const app = await startProduct(folder);
  try {
    const { newSession, target } = await arrive(app.origin);
    const sessions = [];
    while (sessions.length < CONNECTIONS) sessions.push(...(await Promise.all(Array.from({ length: 10 }, newSession))));
    return await perConnection(app, carrier, (index) => target(carrier, sessions[index]));
  } finally {
    await app.stop();
    await folder.remove();
  }
}

/** KiB that the process grew by for each. */
async function perConnection(server, carrier, targetOf) {
  const targets = Array.from({ length: CONNECTIONS }, (_, index) => targetOf(index));
  const warm = await startLoad();
  await warm.ask('open', carrier, targets.slice(0, WARM_UP));
  await warm.stop();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const before = await server.look();
  const load = await startLoad();
  await load.ask('open', carrier, targets);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await server.look();
  const after = await server.look();
  const gone = await load.ask('gone');
  await load.stop();
  if (Object.keys(gone).length > 0) throw new Error(`Connections went, by close code: ${JSON.stringify(gone)}`);
  const each = (what) => (after[what] - before[what]) / CONNECTIONS / 1024;
  return { rss: each('rss'), heapUsed: each('heapUsed') };
}
