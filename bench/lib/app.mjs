import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Api } from '../../examples/lib/api.mjs';
import { SERVER_FLAGS } from '../../scripts/lib/node.mjs';
import { startServer } from './processes.mjs';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** Limits that a benchmark must not measure. Printed with the figures. */
export const SETTINGS = {
  RATE_LIMIT_RPM: '0',
  RATE_LIMIT_AUTH_RPM: '0',
  RATE_LIMIT_USER_RPM: '0',
  RATE_LIMIT_KEY_RPM: '0',
  RATE_LIMIT_FRAMES: '0',
  SOCKETS_PER_USER: '0',
  OTP_COOLDOWN_SECONDS: '0',
  ACCESS_TOKEN_SECONDS: '86400',
  LOG_LEVEL: 'warn',
};

/** A folder of data that is gone afterwards. */
export async function makeFolder() {
  const path = await mkdtemp(join(tmpdir(), 'switchyard-bench-'));
  // Of root, too: the account of PostgreSQL has to get in, or its data stays elsewhere when the folder is gone.
  await chmod(path, 0o711);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }) };
}

/** The built product in a process of its own. */
export async function startProduct(folder, { env = {}, cpu, script = MAIN, outputTo } = {}) {
  const started = performance.now();
  const server = await startServer(script, {
    env: { ...SETTINGS, DATA_DIR: join(folder.path, 'data'), PORT: '0', NODE_ENV: 'development', ...env },
    cpu,
    outputTo,
    flags: SERVER_FLAGS,
  });
  return { ...server, readyMs: performance.now() - started };
}

/** Signed in, with the demo server online: `{api, server, newSession}`. */
export async function arrive(origin, email = 'bench@example.com') {
  const api = new Api(origin);
  await api.signIn(email);
  const server = await api.waitFor('the demo server', async () => {
    const { servers } = await api.call('GET', '/api/v1/servers');
    return servers.find(({ demo, status }) => demo && status === 'online');
  });
  const newSession = async () => (await api.call('POST', '/api/v1/sessions', { server_id: server.id })).id;
  /** The same, at another process. */
  const at = (other) => targetOf(other, server.id, api.token);
  return { api, server, newSession, target: targetOf(origin, server.id, api.token), at };
}

const READY = '"session_snapshot"';

/** Where a client of a carrier connects to be in a session. */
const targetOf = (origin, serverId, token) => (carrier, session) =>
  carrier === 'raw'
    ? { url: origin, query: `/ws/server/${serverId}?token=${token}&session=${session}`, until: READY }
    : { url: origin, namespace: `/ws/server/${serverId}`, auth: { token, session }, until: READY };

/** Where a client of a carrier connects at the bare server. */
export const bareTarget = (carrier, origin) => (carrier === 'raw' ? { url: origin, query: '/' } : { url: origin });

export const CARRIERS = ['raw', 'socket.io'];
