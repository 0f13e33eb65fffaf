import { join } from 'node:path';
import { Api } from '../../examples/lib/api.mjs';
import { makeFolder, startProduct } from '../lib/app.mjs';
import { inTurns, reportRounds } from '../lib/measure.mjs';
import { startBareApi, startLoad } from '../lib/processes.mjs';

const PATH = '/api/v1/user/profile';
const CONNECTIONS = 32;
const WARM_SECONDS = 4;
const SECONDS = 3;
const ROUNDS = 7;
/** Limits, log and tracing as in production: every request is counted and logged, to where it costs nobody else. */
const AS_IN_PRODUCTION = {
  RATE_LIMIT_RPM: '1000000',
  RATE_LIMIT_USER_RPM: '1000000',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
};

/** An authenticated GET, against bare Fastify with the same check of the same claims and the same body. */
export async function profile() {
  const folder = await makeFolder();
  const outputTo = join(folder.path, 'output');
  const [ours, bare] = [await startProduct(folder, { env: AS_IN_PRODUCTION, outputTo }), await startBareApi()];
  const load = await startLoad();
  try {
    const api = new Api(ours.origin);
    await api.signIn('bench@example.com');
    const body = await api.call('GET', PATH);
    const { token } = await bare.ask({ claims: claimsOf(api.token), body });
    const servers = { ours, bare };
    const tokens = { ours: api.token, bare: token };
    const run = (who, seconds) =>
      load.ask(
        'get',
        `${servers[who].origin}${PATH}`,
        { authorization: `Bearer ${tokens[who]}`, accept: 'application/json' },
        { connections: CONNECTIONS, seconds },
      );
    for (const who of ['ours', 'bare']) await run(who, WARM_SECONDS);
    const found = await inTurns(ROUNDS, async (who) => {
      const before = servers[who].cpuMs();
      const result = await run(who, SECONDS);
      return { ...result, cpu: ((servers[who].cpuMs() - before) * 1000) / result.answered };
    });
    reportRounds('GET profile, requests/s', found, ({ perSecond }) => perSecond, { limit: 0.6, higherIsBetter: true });
    reportRounds('GET profile, CPU ms/1,000', found, ({ cpu }) => cpu, { higherIsBetter: false });
    reportRounds('GET profile, p99 ms', found, ({ p99 }) => p99, { higherIsBetter: false });
  } finally {
    await Promise.all([ours.stop(), bare.stop(), load.stop()]);
    await folder.remove();
  }
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString('utf8'));
