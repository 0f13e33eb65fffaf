import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { modernCall } from '../support/gateway/modern-call.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

let app: TestApp;
let upstream: ScriptedUpstream;
let ada: Person;
let stranger: Person;
let serverId: string;
beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  ada = await app.signIn();
  stranger = await app.signIn();
  serverId = (await app.addServer(ada, upstream.url, { name: 'Things' })).id;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.close();
});

const HANDSHAKE = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a program', version: '1' } };
const legacy = {
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: HANDSHAKE }),
};
const ERAS = { 'the older era': () => legacy, 'the era of 2026-07-28': () => modernCall('read', {}, {}) };

async function keyOf(person: Person): Promise<string> {
  const scopes = ['mcp:read', 'mcp:execute'];
  const { body } = await person.call<{ api_key: { key: string } }>('POST', '/user/api-keys', {
    name: 'Places',
    scopes,
  });
  return body.api_key.key;
}

async function ask(person: Person, path: string, { headers, body }: { headers: object; body: string }) {
  const authorization = `Bearer ${await keyOf(person)}`;
  const answer = await fetch(app.url + path, { method: 'POST', headers: { ...headers, authorization }, body });
  const { error } = (await answer.json()) as { error?: { message: string; data?: { code: string } } };
  return { status: answer.status, message: error?.message, code: error?.data?.code };
}

describe.each(Object.entries(ERAS))('a client of %s', (_era, call) => {
  test('finds a server by its handle and by its id', async () => {
    for (const named of ['things', serverId]) {
      expect(await ask(ada, `/mcp/s/${named}`, call())).toMatchObject({ status: 200 });
    }
  });

  test('gets the same 404 for a server that is not there and for one of somebody else', async () => {
    const foreign = await ask(stranger, `/mcp/s/${serverId}`, call());
    expect(foreign).toMatchObject({ status: 404, code: 'SERVER_NOT_FOUND' });
    for (const named of ['things', 'mcp_0', 'nothing']) {
      expect(await ask(stranger, `/mcp/s/${named}`, call())).toEqual(foreign);
    }
  });

  test('gets a 404 for a toolset that is not there, and for what is no address of the gateway', async () => {
    expect(await ask(ada, '/mcp/t/nothing', call())).toMatchObject({ status: 404, code: 'TOOLSET_NOT_FOUND' });
    expect(await ask(ada, '/mcp/elsewhere', call())).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});
