import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Api } from '../../../examples/lib/api.mjs';
import { startProduct } from '../app.mjs';
import { startHop } from '../processes.mjs';
import { startNginx } from './nginx.mjs';

const NGINX_PORT = 8_099;
const SERVERS = 10;

/** Limits, log and tracing as in production: every call is counted and logged, to where it costs nobody else. */
const AS_IN_PRODUCTION = {
  RATE_LIMIT_RPM: '1000000',
  RATE_LIMIT_USER_RPM: '1000000',
  RATE_LIMIT_KEY_RPM: '1000000',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
  DEMO_SERVER: 'false',
};

/** What a call is named, and by which addresses, at each target; `session` where the 2025 era needs one. */
const direct = (server, origin) => ({ server, url: `${origin}/s0/mcp`, tool: 'echo', headers: {}, eras: ['legacy'] });

/**
 * Everything that is measured, each in a process of its own before the same upstreams.
 * @returns by name `{server, url, tool, headers, eras}`; `stop` ends all
 */
export async function startTargets(folder) {
  const started = [];
  const start = async (starting) => {
    const one = await starting;
    if (one) started.push(one);
    return one;
  };
  const stop = () => Promise.all(started.map((one) => one.stop()));
  try {
    const upstream = await start(startHop('upstreams'));
    const env = { UPSTREAM: upstream.origin, TOKEN: `mcp_sk_${randomBytes(20).toString('hex')}` };
    const nginx = await start(startNginx(upstream.origin, NGINX_PORT));
    const pipe = await start(startHop('node-pipe', { env }));
    const lean = await start(startHop('lean-relay', { env: { ...env, AUDIT: join(folder.path, 'audit') } }));
    const first = await start(startHop('sdk-v1', { env }));
    const second = await start(startHop('sdk-v2', { env }));
    const product = await start(startProduct(folder, { env: AS_IN_PRODUCTION, outputTo: join(folder.path, 'output') }));
    const hop = (server, eras) => ({ server, url: `${server.origin}/mcp`, tool: 'echo', headers: {}, eras });
    const gateway = (server, token, tool) => ({
      ...hop(server, ['legacy', 'modern']),
      tool,
      headers: { authorization: `Bearer ${token}` },
    });
    const { key, handle } = await arrange(product.origin, upstream.origin);
    const targets = {
      direct: direct(upstream, upstream.origin),
      ...(nginx && { nginx: direct(nginx, nginx.origin) }),
      pipe: direct(pipe, pipe.origin),
      lean: gateway(lean, env.TOKEN, 'bench-0__echo'),
      // Beside the one that it is measured by.
      ours: gateway(product, key, `${handle}__echo`),
      'sdk 1': hop(first, ['legacy']),
      'sdk 2': hop(second, ['legacy', 'modern']),
    };
    if (!nginx) console.log('     nginx is not on this machine (NGINX_PROGRAM names the program): it is left out');
    return { targets, product, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ten servers that need no approval, and a key. */
export async function arrange(origin, upstream) {
  const api = new Api(origin);
  await api.signIn('bench@example.com');
  for (let index = 0; index < SERVERS; index += 1) {
    await api.call('POST', '/api/v1/servers', {
      name: `Bench ${index}`,
      url: `${upstream}/s${index}/mcp`,
      auth_method: 'none',
      approval_policy: 'auto_approve',
    });
  }
  await api.waitFor('the servers', async () => {
    const { servers } = await api.call('GET', '/api/v1/servers');
    return servers.filter(({ status }) => status === 'online').length === SERVERS;
  });
  return { key: await makeKey(api), handle: 'bench-0' };
}

export async function makeKey(api) {
  const scopes = ['mcp:read', 'mcp:execute'];
  const { api_key: key } = await api.call('POST', '/api/v1/user/api-keys', { name: 'Bench', scopes });
  return key.key;
}
