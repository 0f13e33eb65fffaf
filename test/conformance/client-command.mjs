import { callThroughGateway } from './gateway-calls.mjs';

/**
 * `node test/conformance/client-command.mjs <url of a server>`: what the suites for clients start, once for each scenario. It has
 * a running product (CONFORMANCE_PRODUCT, CONFORMANCE_TOKEN) register the server, signs in to it as a browser would, and has the
 * tools listed and the first one called. The suite sees what the product sends.
 */
const { CONFORMANCE_PRODUCT: product, CONFORMANCE_TOKEN: token } = process.env;
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const url = process.argv.at(-1);

/** The one client metadata document that the suite takes for ours: it cannot read one on this machine. */
const DOCUMENT = 'https://conformance-test.local/client-metadata.json';
const SIGN_INS_AT_MOST = 3;

/** Cookies of the product; other hosts get none. */
const cookies = new Map();

async function browse(address, init = {}) {
  const isOurs = address.startsWith(product);
  const headers = new Headers(init.headers);
  if (isOurs && cookies.size > 0) headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
  const answer = await fetch(address, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(20_000) });
  for (const cookie of isOurs ? answer.headers.getSetCookie() : []) {
    const [name, ...value] = cookie.split(';')[0].split('=');
    cookies.set(name, value.join('='));
  }
  return answer;
}

async function call(method, path, body) {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
  const answer = await browse(`${product}/api/v1${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const said = text === '' ? {} : JSON.parse(text);
  console.log(method, path, answer.status, said.code ?? '');
  return { status: answer.status, body: said };
}

const asks = (answer) => answer.status === 409 && answer.body.code === 'UPSTREAM_SIGN_IN_NEEDED';

function oauthOf() {
  if (scenario === 'auth/basic-cimd') return { client_id: DOCUMENT };
  if (!context.client_id) return {};
  const { client_id, client_secret, private_key_pem: private_key } = context;
  const client = { client_id, ...(client_secret && { client_secret }), ...(private_key && { private_key }) };
  return scenario.startsWith('auth/client-credentials') ? { ...client, grant: 'client_credentials' } : client;
}

/** Through redirects, as a browser goes, until the product leads to a page of its own. */
async function signIn(id) {
  const begun = await call('POST', `/servers/${id}/oauth/connect`);
  if (begun.status !== 200) throw new Error(`Nobody can sign in: ${begun.body.detail}`);
  if (begun.body.connected) return;
  let at = begun.body.authorization_url;
  for (let hops = 0; hops < 10; hops += 1) {
    const location = (await browse(at)).headers.get('location');
    if (location === null) throw new Error(`${new URL(at).pathname} leads nowhere.`);
    const next = new URL(location, at);
    if (next.searchParams.get('account') === 'connected') return;
    if (next.searchParams.get('account') === 'failed')
      throw new Error(`Not signed in: ${next.searchParams.get('code')}`);
    at = next.href;
  }
  throw new Error('It leads in a circle.');
}

/** Does it, and signs in again as often as the server wants that, within reason. */
async function signedIn(id, work) {
  for (let times = 0; ; times += 1) {
    const answer = await work();
    if (!asks(answer) || times === SIGN_INS_AT_MOST) return answer;
    await signIn(id);
  }
}

/** Where nobody has to sign in, calls come over the gateway, from a client that can be asked. */
async function callOverGateway(id) {
  const scopes = ['mcp:read', 'mcp:execute'];
  const made = await call('POST', '/user/api-keys', { name: 'Conformance', scopes });
  const { key } = made.body.api_key;
  await callThroughGateway({ url: `${product}/mcp/s/${id}`, key, calls: context.toolCalls });
}

async function callFirst(id, first) {
  const takes = first.input_schema?.properties ?? {};
  const body = { arguments: 'a' in takes ? { a: 2, b: 3 } : {} };
  const path = `/servers/${id}/tools/${encodeURIComponent(first.name)}/call`;
  const called = await signedIn(id, () => call('POST', path, body));
  if (called.status !== 200) throw new Error(`Not called: ${called.body.detail}`);
}

const isProtected = scenario.startsWith('auth/');
const made = await call('POST', '/servers', {
  name: `Conformance ${scenario} ${Date.now()} ${process.pid}`.slice(0, 100),
  url,
  auth_method: isProtected ? 'oauth' : 'none',
  ...(isProtected && { oauth: oauthOf() }),
  approval_policy: 'auto_approve',
});
const { id } = made.body;
try {
  if (isProtected) await signIn(id);
  const listed = await signedIn(id, () => call('GET', `/servers/${id}/tools`));
  if (listed.status !== 200) throw new Error(`No tools: ${listed.body.detail}`);
  const [first] = listed.body.tools;
  if (!first) throw new Error('The server has no tools.');
  if (isProtected) await callFirst(id, first);
  else await callOverGateway(id);
} finally {
  await call('DELETE', `/servers/${id}`);
}
