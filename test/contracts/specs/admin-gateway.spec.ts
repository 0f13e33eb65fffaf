import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { OAuthBrowser } from '../../support/oauth-browser.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

const answered = <Result extends z.ZodType>(result: Result) =>
  z.strictObject({ jsonrpc: z.literal('2.0'), id: z.int(), result });
const Handshake = answered(
  z.looseObject({
    protocolVersion: z.literal('2025-06-18'),
    capabilities: z.looseObject({ tools: z.looseObject({}) }),
    serverInfo: z.looseObject({ name: z.string(), version: z.string() }),
  }),
);
const Listed = answered(
  z.looseObject({ tools: z.array(z.looseObject({ name: z.string(), inputSchema: z.looseObject({}) })) }),
);
const Called = answered(
  z.looseObject({ content: z.array(z.looseObject({ type: z.literal('text'), text: z.string() })).min(1) }),
);
const Registered = z.looseObject({ client_id: z.string() });
const Token = z.looseObject({ access_token: z.string() });
const Metadata = z.looseObject({ resource: z.url(), authorization_servers: z.tuple([z.url()]) });

const REDIRECT = 'http://127.0.0.1:3998/callback';
const VERIFIER = 'v'.repeat(43);
const ACCEPT = 'application/json, text/event-stream';
const HANDSHAKE = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'a program', version: '1.0.0' },
};

/** In their order: the tools of its server change at the end. */
chapter('admin-gateway', 'MCP gateway', (holds) => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let client: Client;
  let person: Person;
  let serverId: string;
  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp({ MCP_OPEN_ON_LOOPBACK: 'true' }), startScriptedUpstream()]);
    client = new Client(app.url);
    // The first owner of an organization, for whom programs of this machine act.
    person = await app.signIn();
    serverId = (
      await app.addServer(person, upstream.url, { name: 'Things', approval_policy: 'require_approval_writes' })
    ).id;
  });
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  const headers = (session?: string) => ({
    accept: ACCEPT,
    ...(session !== undefined && { 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' }),
  });
  const post = (method: string, params: object, session?: string) =>
    client.callAt('POST', '/mcp', { body: { jsonrpc: '2.0', id: 1, method, params }, headers: headers(session) });
  const begin = async () => {
    const session = (await post('initialize', HANDSHAKE)).headers.get('mcp-session-id') ?? '';
    const body = { jsonrpc: '2.0', method: 'notifications/initialized' };
    const { status } = await client.callAt('POST', '/mcp', { body, headers: headers(session) });
    expect(status).toBe(202);
    return session;
  };

  const POST = 'MCP Gateway, POST /mcp';
  holds(POST, 'POST /mcp with initialize answers the protocol and begins a session', async () => {
    await client.expect(200, Handshake, post('initialize', HANDSHAKE));
    expect(await begin()).toMatch(/^[\x21-\x7e]+$/);
  });
  holds(POST, 'POST /mcp with tools/list answers the tools of all servers', async () => {
    const { result } = await client.expect(200, Listed, post('tools/list', {}, await begin()));
    expect(result.tools.map(({ name }) => name)).toContain('things__read');
  });
  holds(POST, 'POST /mcp with tools/call calls one, without a credential in local mode', async () => {
    const call = post('tools/call', { name: 'things__read', arguments: { label: 'a' } }, await begin());
    const { result } = await client.expect(200, Called, call);
    expect(result).toMatchObject({ content: [{ text: '2 rows.' }] });
  });
  holds(
    'MCP Gateway',
    'POST /mcp elsewhere takes a token by OAuth 2.1, and says without one where it is to be had',
    async () => {
      const closed = await startTestApp();
      try {
        const refused = await fetch(`${closed.url}/mcp`, { method: 'POST', headers: headers(), body: '{}' });
        expect(refused.status).toBe(401);
        const [, address = ''] =
          /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
        const { resource } = Metadata.parse(await (await fetch(address)).json());
        expect(resource).toBe(`${closed.url}/mcp`);
        const { token } = await closed.signIn();
        const authorization = `Bearer ${await tokenFor(closed.url, token, resource)}`;
        const body = { jsonrpc: '2.0', id: 1, method: 'initialize', params: HANDSHAKE };
        const there = new Client(closed.url);
        const sent = { body, headers: { ...headers(), authorization } };
        await there.expect(200, Handshake, there.callAt('POST', '/mcp', sent));
      } finally {
        await closed.stop();
      }
    },
    30_000,
  );
  holds('MCP Gateway, GET /mcp', 'GET /mcp is a stream of server-sent events with notifications', async () => {
    const leaving = new AbortController();
    const session = await begin();
    const stream = await fetch(`${app.url}/mcp`, {
      headers: { ...headers(session), accept: 'text/event-stream' },
      signal: leaving.signal,
    });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    upstream.memory.describe('write', 'Writes something else.');
    await person.call('POST', `/servers/${serverId}/check`);
    let heard = '';
    for await (const chunk of stream.body ?? []) {
      heard += new TextDecoder().decode(chunk as Uint8Array);
      if (heard.includes('notifications/tools/list_changed')) break;
    }
    leaving.abort();
    expect(heard).toMatch(/^data: \{.*"method":"notifications\/tools\/list_changed".*\}$/m);
  });
});

/** As a client gets one that registers itself and asks its person. */
async function tokenFor(origin: string, signedIn: string, resource: string): Promise<string> {
  const metadata = { redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' };
  const registered = await new Client(origin).callAt('POST', '/oauth/register', { body: metadata });
  const { client_id } = Registered.parse(registered.body);
  const known = { client_id, redirect_uri: REDIRECT, resource };
  const challenge = createHash('sha256').update(VERIFIER).digest('base64url');
  const asked = { ...known, response_type: 'code', code_challenge: challenge, code_challenge_method: 'S256' };
  const address = `${origin}/oauth/authorize?${new URLSearchParams(asked).toString()}`;
  const end = await new OAuthBrowser(origin, signedIn).authorize(address);
  const code = end.searchParams.get('code') ?? '';
  const grant = { ...known, grant_type: 'authorization_code', code, code_verifier: VERIFIER };
  const answer = await fetch(`${origin}/oauth/token`, { method: 'POST', body: new URLSearchParams(grant) });
  return Token.parse(await answer.json()).access_token;
}
