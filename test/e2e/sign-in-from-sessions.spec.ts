import { type ProtectedUpstream, startProtectedUpstream } from '../support/oauth/protected-upstream.js';
import {
  type ScriptedAuthorizationServer,
  startAuthorizationServer,
} from '../support/oauth/scripted-authorization-server.js';
import { TRANSPORTS } from '../support/session-clients.js';
import { addOAuthServer, signInTo, untilOnline } from './support/accounts.js';
import { becomes, proposeOne, type Scene, startScene } from './support/scene.js';

let scene: Scene;
let authorization: ScriptedAuthorizationServer;
let upstream: ProtectedUpstream;
let servers = 0;

beforeAll(async () => {
  scene = await startScene();
});
beforeEach(async () => {
  authorization = await startAuthorizationServer();
  upstream = await startProtectedUpstream(authorization);
});
afterEach(() => Promise.all([upstream.close(), authorization.close()]));
afterAll(() => scene.stop());

describe.each(TRANSPORTS)('over $name', (transport) => {
  /** A call of a server whose access was taken back after its tools were known. */
  const waiting = async (tool = 'read') => {
    const { app, person } = scene;
    servers += 1;
    const id = await addOAuthServer(person, upstream.url, {}, `Protected ${servers}`);
    await signInTo(app, person, id);
    await untilOnline(person, id);
    authorization.revokeAll();
    app.clock.forward(40);
    const { body } = await person.call<{ id: string }>('POST', '/sessions', { server_id: id });
    const client = await scene.join(transport, { session: body.id, serverId: id });
    const { node } = await proposeOne(client, tool);
    const { payload } = await client.next('authentication_required');
    return { id, client, node, request: payload };
  };

  test('a call of a server that nobody is signed in to waits, and goes on by itself', async () => {
    const { id, client, node, request } = await waiting();
    expect(request).toMatchObject({ node_id: node, server_id: id, server_name: `Protected ${servers}` });
    expect(String(request.url)).toMatch(new RegExp(`^http://.*/servers/${id}$`));
    await signInTo(scene.app, scene.person, id);
    await client.next(({ type, payload }) => type === 'input_resolved' && payload.action === 'accept');
    const { payload } = await client.next(becomes(node, 'succeeded'));
    expect(payload.result).toMatchObject({ preview: '2 rows.' });
  });

  test('it comes back after a reconnect, and ends when somebody declines', async () => {
    const { client, node, request } = await waiting();
    client.cut();
    await client.closed;
    const back = await scene.join(transport, {
      session: client.session,
      serverId: String(request.server_id),
      after: client.seqs.at(-1) ?? 0,
    });
    expect(back.frames.at(-1)?.payload.sign_ins).toMatchObject([{ request_id: request.request_id }]);
    back.send('input_response', { request_id: String(request.request_id), action: 'decline' });
    const { payload } = await back.next(becomes(node, 'failed'));
    expect(payload.error).toMatchObject({ code: 'UPSTREAM_SIGN_IN_NEEDED' });
  });

  test('a word that one has signed in is not taken on trust', async () => {
    const { id, client, node, request } = await waiting();
    client.send('input_response', { request_id: String(request.request_id), action: 'accept' });
    expect(client.frames.some(({ type }) => type === 'input_resolved')).toBe(false);
    await signInTo(scene.app, scene.person, id);
    await client.next(becomes(node, 'succeeded'));
  });

  test('a call that needs more rights waits for them, and keeps those that there are', async () => {
    const { app, person } = scene;
    servers += 1;
    const id = await addOAuthServer(person, upstream.url, {}, `Protected ${servers}`);
    await signInTo(app, person, id);
    await untilOnline(person, id);
    upstream.callScope = 'tools:call';
    const { body } = await person.call<{ id: string }>('POST', '/sessions', { server_id: id });
    const client = await scene.join(transport, { session: body.id, serverId: id });
    const { node } = await proposeOne(client, 'read');
    expect(String((await client.next('authentication_required')).payload.reason)).toContain('tools:call');
    await signInTo(app, person, id);
    await client.next(becomes(node, 'succeeded'));
    const asked = authorization.seenAt('/authorize').at(-1)?.parameters.get('scope');
    expect(asked?.split(' ').sort()).toEqual(['tools:call', 'tools:read']);
  });
});
