import { Api } from '../../examples/lib/api.mjs';
import { makeFolder, startProduct } from '../lib/app.mjs';
import { report } from '../lib/measure.mjs';
import { startHop, startLoad } from '../lib/processes.mjs';
import { requestsFor } from '../lib/gateway/requests.mjs';
import { arrange, makeKey } from '../lib/gateway/targets.mjs';

/** Nobody may have all of them: each has a bounded number. */
const PEOPLE = 5;
const SESSIONS = 2_000;
/** Opened and closed first: what the process takes once and keeps is not the price of a session. */
const WARM_UP = 300;
const KIB_AT_MOST = 16;
const CALLS = { first: 10_000, all: 50_000 };
const GROWTH_AT_MOST = 1.05;
const CONNECTIONS = 16;

/** What an idle session of the 2025 era with its stream takes, and what calls leave behind. */
export async function gatewayMemory() {
  const folder = await makeFolder();
  const started = [];
  const start = async (starting) => {
    started.unshift(await starting);
    return started[0];
  };
  try {
    const upstream = await start(startHop('upstreams'));
    const product = await start(startProduct(folder, { env: { DEMO_SERVER: 'false' } }));
    const { key, handle } = await arrange(product.origin, upstream.origin);
    const headers = { authorization: `Bearer ${key}` };
    const target = { server: product, url: `${product.origin}/mcp`, tool: `${handle}__echo`, headers };
    const load = await start(startLoad());
    await reportGrowth(load, product, target);
    await reportSessions(product, target.url);
  } finally {
    for (const one of started) await one.stop();
    await folder.remove();
  }
}

async function reportGrowth(load, product, target) {
  const figure = { era: 'legacy', method: 'tools/call', connections: CONNECTIONS };
  const requests = await requestsFor(load, target, figure);
  await load.ask('postEach', requests, { calls: CALLS.first });
  const before = await settled(product);
  await load.ask('postEach', requests, { calls: CALLS.all - CALLS.first });
  const after = await settled(product);
  for (const [what, name] of [
    ['rss', 'RSS'],
    ['heapUsed', 'heap in use'],
  ]) {
    const [late, early] = [after[what] / 2 ** 20, before[what] / 2 ** 20];
    report(`gateway, MiB of ${name} after 50,000 calls, by that after 10,000`, late, early, {
      limit: GROWTH_AT_MOST,
      higherIsBetter: false,
    });
  }
}

async function reportSessions(product, url) {
  const people = [];
  for (let index = 0; index < PEOPLE; index += 1) people.push(await newcomer(product.origin, index));
  const open = async (load, count) => {
    for (const headers of people) await load.ask('openSessions', url, headers, count / PEOPLE, { listen: true });
  };
  const warm = await startLoad();
  await open(warm, WARM_UP);
  await warm.stop();
  const before = await settled(product);
  const load = await startLoad();
  await open(load, SESSIONS);
  const after = await settled(product);
  await load.stop();
  const each = (after.rss - before.rss) / SESSIONS / 1024;
  report('gateway, KiB of RSS for an idle session with its stream', each, KIB_AT_MOST, {
    limit: 1,
    higherIsBetter: false,
  });
}

async function newcomer(origin, index) {
  const api = new Api(origin);
  await api.signIn(`idle-${index}@example.com`);
  return { authorization: `Bearer ${await makeKey(api)}` };
}

/** Once what is written later is written, and what can be collected is. */
async function settled(product) {
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await product.look();
  return product.look();
}
