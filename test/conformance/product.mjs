import { createServer } from 'node:net';
import { Api } from '../../examples/lib/api.mjs';
import { makeFolder, startProduct } from '../../bench/lib/app.mjs';

/** The built product, fresh, with somebody signed in: `npm run build` comes first. */
export async function startFreshProduct() {
  const folder = await makeFolder();
  try {
    const port = await freePort();
    const product = await startProduct(folder, {
      env: { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, DEMO_SERVER: 'false' },
    });
    const origin = `http://127.0.0.1:${port}`;
    const api = new Api(origin);
    await api.signIn('conformance@example.com');
    return {
      origin,
      api,
      stop: async () => {
        await product.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** Before the product and behind it: what its public address says is told to it when it starts. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Registered and online. */
export async function addServer(api, url, fields = {}) {
  const made = await api.call('POST', '/api/v1/servers', {
    name: 'Conformance',
    url,
    auth_method: 'none',
    approval_policy: 'auto_approve',
    client_features: ['sampling', 'roots'],
    ...fields,
  });
  return api.waitFor('the server', async () => {
    const { servers } = await api.call('GET', '/api/v1/servers');
    return servers.find(({ id, status }) => id === made.id && status === 'online');
  });
}

export async function makeKey(api) {
  const scopes = ['mcp:read', 'mcp:execute'];
  const { api_key: key } = await api.call('POST', '/api/v1/user/api-keys', { name: 'Conformance', scopes });
  return key.key;
}
