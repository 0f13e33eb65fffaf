import { join } from 'node:path';
import { Api } from '../../examples/lib/api.mjs';
import { makeFolder, startProduct } from '../lib/app.mjs';
import { inTurns, median, report, reportRounds } from '../lib/measure.mjs';
import { startBareRelay, startBareUpstream, startLoad } from '../lib/processes.mjs';

const CONNECTIONS = 16;
/** Until the compiler has done its work, which it does by how often it sees a line, and which has an end on any machine. */
const WARM_CALLS = { ours: 120_000, bare: 60_000 };
const WARM_SECONDS_AT_MOST = 90;
/**
 * Of each server, one after another: what the compiler makes of the same code differs by a tenth from process to process,
 * for as long as the process lives.
 */
const PROCESSES = 3;
/** Short and many: what else the machine does then meets both. */
const SECONDS = 1;
const ROUNDS = 9;
const COUNTED_SECONDS = 2;
/** A row is a small part of a call, so that it takes many turns to be seen. */
const ROW_ROUNDS = 40;
/** Limits, log and tracing as in production: every request is counted and logged, to where it costs nobody else. */
const AS_IN_PRODUCTION = {
  RATE_LIMIT_RPM: '1000000',
  RATE_LIMIT_USER_RPM: '1000000',
  RATE_LIMIT_KEY_RPM: '1000000',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
};

/**
 * A tool over REST, with a key, a policy and the request log, against bare Fastify that makes the same call of the same
 * upstream: calls a second and CPU of each; what a row of the log costs; statements that a warm call waits for.
 */
export async function execution() {
  const found = { ours: [], bare: [] };
  for (let process = 1; process <= PROCESSES; process += 1) {
    await withServers(async ({ ours, run }) => {
      for (const who of ['ours', 'bare']) {
        const until = performance.now() + WARM_SECONDS_AT_MOST * 1000;
        for (let calls = 0; calls < WARM_CALLS[who] && performance.now() < until;)
          calls += (await run(who, 3)).answered;
      }
      const { ours: us, bare: them } = await inTurns(ROUNDS, (who) => run(who, SECONDS));
      found.ours.push(...us);
      found.bare.push(...them);
      if (process < PROCESSES) return;
      reportCalls(found);
      await reportRow(ours, () => run('ours', SECONDS));
      await reportStatements(ours, () => run('ours', COUNTED_SECONDS));
    });
  }
}

function reportCalls(found) {
  const limits = { perSecond: { limit: 0.5, higherIsBetter: true }, cpu: { limit: 2, higherIsBetter: false } };
  reportRounds('REST execution, calls/s', found, ({ perSecond }) => perSecond, limits.perSecond);
  reportRounds('REST execution, CPU us/call', found, ({ cpu }) => cpu, limits.cpu);
  reportRounds('REST execution, p99 ms', found, ({ p99 }) => p99, { higherIsBetter: false });
}

/** The product and the relay, both before one upstream, and who calls them. */
async function withServers(work) {
  const folder = await makeFolder();
  const outputTo = join(folder.path, 'output');
  const started = [];
  const start = async (starting) => {
    const one = await starting;
    started.push(one);
    return one;
  };
  try {
    const upstream = await start(startBareUpstream());
    const ours = await start(startProduct(folder, { env: AS_IN_PRODUCTION, outputTo }));
    const bare = await start(startBareRelay({ env: { UPSTREAM: upstream.origin } }));
    const load = await start(startLoad());
    const call = await ourCall(ours.origin, upstream.origin);
    const requests = { ours: call, bare: bareCall(bare.origin, call) };
    const servers = { ours, bare };
    const run = async (who, seconds) => {
      const { url, headers, body } = requests[who];
      const before = servers[who].cpuMs();
      const result = await load.ask('post', url, headers, body, { connections: CONNECTIONS, seconds });
      return { ...result, cpu: ((servers[who].cpuMs() - before) * 1000) / result.answered };
    };
    await work({ ours, run });
  } finally {
    await Promise.all(started.map((one) => one.stop()));
    await folder.remove();
  }
}

/** With the log and without it, by turns; who begins changes, too. */
async function reportRow(ours, run) {
  const costs = [];
  for (let round = 0; round < ROW_ROUNDS; round += 1) {
    const cpu = {};
    for (const requestLog of round % 2 === 0 ? [false, true] : [true, false]) {
      await ours.ask({ requestLog });
      cpu[requestLog] = (await run()).cpu;
    }
    costs.push(cpu.true - cpu.false);
  }
  await ours.ask({ requestLog: true });
  report('REST execution, CPU us for a row of the request log', median(costs), 30, { limit: 1, higherIsBetter: false });
}

async function reportStatements(ours, run) {
  await ours.ask({ countStatements: true });
  const { answered } = await run();
  const { statements } = await ours.ask({ countStatements: false });
  const perCall = statements / answered;
  report('REST execution, statements of a warm call', perCall, 0, { limit: 0, higherIsBetter: false, ratio: perCall });
}

async function ourCall(origin, upstream) {
  const api = new Api(origin);
  await api.signIn('bench@example.com');
  const made = await api.call('POST', '/api/v1/servers', {
    name: 'Bare',
    url: `${upstream}/mcp`,
    auth_method: 'none',
    approval_policy: 'auto_approve',
  });
  await api.waitFor('the server', async () => {
    const { servers } = await api.call('GET', '/api/v1/servers');
    return servers.find(({ id, status }) => id === made.id && status === 'online');
  });
  const { api_key: key } = await api.call('POST', '/api/v1/user/api-keys', {
    name: 'Bench',
    scopes: ['mcp:read', 'mcp:execute'],
  });
  return {
    url: `${origin}/v1/mcp/execute/tool`,
    headers: { authorization: `ApiKey ${key.key}`, accept: 'application/json' },
    body: JSON.stringify({ serviceId: made.id, toolName: 'echo', parameters: { message: 'hello' } }),
  };
}

const bareCall = (origin, { body }) => ({ url: `${origin}/`, headers: { accept: 'application/json' }, body });
