import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import type { Person, ServerRow } from '../support/app.js';
import { type ConnectOptions, connectRaw, TRANSPORTS } from '../support/session-clients.js';
import { ended, proposeOne, type Scene, settled, startScene } from './support/scene.js';

let scene: Scene;
let stranger: Person;
let foreign: ServerRow;
beforeAll(async () => {
  scene = await startScene();
  stranger = await scene.app.signIn();
  foreign = await scene.app.addServer(stranger, scene.upstream.url);
});
afterAll(() => scene.stop());

const UNKNOWN_SERVER = `mcp_${'0'.repeat(32)}`;
const UNKNOWN_SESSION = `session_${'0'.repeat(32)}`;

describe.each(TRANSPORTS)('over $name', (transport) => {
  const connect = (options: Partial<ConnectOptions>) =>
    transport.connect(scene.app.url, { serverId: scene.server.id, ...options });

  /** What a refused client is told: the error and the close code. */
  const refusal = async (options: Partial<ConnectOptions>) => {
    const client = connect(options);
    const closeCode = await client.closed;
    const told = client.frames.filter(({ type }) => type === 'error').map(({ payload }) => payload);
    expect(client.frames.some(({ type }) => type === 'hello')).toBe(false);
    return { closeCode, code: told[0]?.code, message: told[0]?.message };
  };

  const enters = async (options: Partial<ConnectOptions>) => {
    const client = connect(options);
    const { payload } = await client.next('hello');
    await client.next('session_snapshot');
    client.close();
    return payload;
  };

  const ticketOf = async (person: Person, server: ServerRow) =>
    (await person.call<{ ticket: string }>('POST', '/ws/tickets', { server_id: server.id })).body.ticket;

  test('a token opens the door, in the query or in the header, and a ticket does', async () => {
    const { token, user } = scene.person;
    const expected = { server_id: scene.server.id, user: { id: user.id } };
    expect(await enters({ token })).toMatchObject(expected);
    expect(await enters({ bearer: token })).toMatchObject(expected);
    expect(await enters({ ticket: await ticketOf(scene.person, scene.server) })).toMatchObject(expected);
  });

  test.each([
    ['nothing', {}],
    ['an empty token', { token: '' }],
    ['a word', { token: 'letmein' }],
    ['a token of no signature', { token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyXzEifQ.' }],
    ['an unknown ticket', { ticket: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ])('%s does not, and asks to sign in again', async (_name, options) => {
    expect((await refusal(options)).closeCode).toBe(4401);
  });

  test('a token whose signature was changed does not', async () => {
    const { token } = scene.person;
    const changed = token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    expect((await refusal({ token: changed })).closeCode).toBe(4401);
    const [head, , signature] = token.split('.');
    const other = stranger.token.split('.')[1];
    expect((await refusal({ token: `${head}.${other}.${signature}` })).closeCode).toBe(4401);
  });

  test('a token and a ticket at once are one too many', async () => {
    const ticket = await ticketOf(scene.person, scene.server);
    expect(await refusal({ token: scene.person.token, ticket })).toMatchObject({
      closeCode: 4401,
      code: 'TWO_CREDENTIALS',
    });
    // It was not used up.
    await enters({ ticket });
  });

  test('a ticket opens one socket, within thirty seconds, on its own server', async () => {
    const used = await ticketOf(scene.person, scene.server);
    await enters({ ticket: used });
    expect(await refusal({ ticket: used })).toMatchObject({ closeCode: 4401, code: 'TICKET_INVALID' });

    const another = await scene.app.addServer(scene.person, scene.upstream.url);
    const bound = await ticketOf(scene.person, another);
    expect(await refusal({ ticket: bound })).toMatchObject({ closeCode: 4401, code: 'TICKET_INVALID' });

    const old = await ticketOf(scene.person, scene.server);
    scene.app.clock.forward(31);
    expect(await refusal({ ticket: old })).toMatchObject({ closeCode: 4401, code: 'TICKET_INVALID' });
    scene.app.clock.forward(-31);
  });

  test('another’s server or session is as unknown as none', async () => {
    const { token } = scene.person;
    const theirs = await scene.newSession(foreign, stranger);
    const servers = [foreign.id, UNKNOWN_SERVER, 'mcp_1', 'x'];
    const answers = await Promise.all(servers.map((serverId) => refusal({ token, serverId })));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ closeCode: 4404, code: 'SERVER_NOT_FOUND' });

    const sessions = [theirs, UNKNOWN_SESSION, 'session_1'];
    const closed = await Promise.all(sessions.map((session) => refusal({ token, session })));
    for (const { closeCode, code } of closed) {
      expect({ closeCode, code }).toEqual({ closeCode: 4404, code: 'SESSION_NOT_FOUND' });
    }
    expect(closed[0]?.message).toBe(closed[1]?.message);
  });

  test('a session of another server of one’s own is not found there', async () => {
    const another = await scene.app.addServer(scene.person, scene.upstream.url);
    const session = await scene.newSession(another);
    expect(await refusal({ token: scene.person.token, session })).toMatchObject({ closeCode: 4404 });
  });

  test.each(['-1', '1.5', 'x', '9999999999999999'])('`after=%s` is refused', async (after) => {
    const { closeCode, code } = await refusal({ token: scene.person.token, after });
    expect({ closeCode, code }).toEqual({ closeCode: 4403, code: 'VALIDATION_ERROR' });
  });

  test('signing out closes the sockets of that sign-in, and no others', async () => {
    const email = `twice-${transport.name.length}@example.com`;
    const [one, two] = [await scene.app.signIn(email), await scene.app.signIn(email)];
    const server = await scene.app.addServer(one, scene.upstream.url, { name: `Of ${email}` });
    const [leaving, staying] = [one, two].map(({ token }) => connect({ token, serverId: server.id }));
    if (!leaving || !staying) throw new Error('No clients.');
    await Promise.all([leaving, staying].map((client) => client.next('session_snapshot')));
    await scene.app.api('POST', '/api/v1/auth/logout', { body: { refresh_token: one.refreshToken } });
    expect(await leaving.closed).toBe(4401);
    await settled(staying);
    expect((await refusal({ token: one.token, serverId: server.id })).closeCode).toBe(4401);
    staying.close();
  });
});

describe('a token that expires in mid-session', () => {
  let brief: Scene;
  beforeAll(async () => {
    brief = await startScene({ ACCESS_TOKEN_SECONDS: '30' });
  });
  afterAll(() => brief.stop());

  test.each(TRANSPORTS)('ends its socket, over $name, and a fresh one goes on from there', async (transport) => {
    const email = `brief-${transport.name.length}@example.com`;
    const person = await brief.app.signIn(email);
    const server = await brief.app.addServer(person, brief.upstream.url);
    // Issued in the past, so that little is left of it.
    brief.app.clock.forward(-27);
    const refreshed = await brief.app.api<{ access_token: string; refresh_token: string }>(
      'POST',
      '/api/v1/auth/refresh',
      { body: { refresh_token: person.refreshToken } },
    );
    brief.app.clock.forward(27);
    const token = refreshed.body.access_token;
    const client = transport.connect(brief.app.url, { serverId: server.id, token });
    await client.next('session_snapshot');
    const { node } = await proposeOne(client, 'hold', { label: email });
    client.send('approve_task', { node_id: node });
    await brief.upstream.memory.called('hold', email);
    expect(await client.closed).toBe(4401);
    expect(client.frames.some(({ type, payload }) => type === 'error' && payload.code === 'TOKEN_EXPIRED')).toBe(true);

    const late = transport.connect(brief.app.url, { serverId: server.id, token });
    expect(await late.closed).toBe(4401);
    brief.upstream.memory.release();
    const again = await brief.app.api<{ access_token: string }>('POST', '/api/v1/auth/refresh', {
      body: { refresh_token: refreshed.body.refresh_token },
    });
    const after = client.seqs.at(-1) ?? 0;
    const back = transport.connect(brief.app.url, { serverId: server.id, token: again.body.access_token, after });
    await back.seen(ended('done'));
    expect(back.seqs).toEqual(back.seqs.map((_, index) => after + index + 1));
    back.close();
  });
});

describe('the raw socket', () => {
  test('answers at the second address too', async () => {
    const client = connectRaw(
      scene.app.url,
      { serverId: scene.server.id, token: scene.person.token },
      '/api/v1/ws/server/',
    );
    await client.next('session_snapshot');
    client.close();
  });

  test.each(['/', '/ws', '/ws/server/', '/ws/server/a/b', '/ws/servers/x', '/api/ws/server/x'])(
    'is not found at %s',
    async (path) => {
      const socket = new WebSocket(`${scene.app.url.replace('http', 'ws')}${path}`);
      const status = await new Promise((resolve) => {
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
        socket.on('open', () => resolve('open'));
        socket.on('error', () => resolve('error'));
      });
      expect(status).toBe(404);
      socket.terminate();
    },
  );

  test('a token never lands in an answer', async () => {
    const { token } = scene.person;
    const client = connectRaw(scene.app.url, { serverId: UNKNOWN_SERVER, token });
    await client.closed;
    expect(JSON.stringify(client.frames)).not.toContain(token);
  });

  test('a request that is no upgrade is answered as any unknown path', async () => {
    const status = await new Promise((resolve, reject) => {
      httpRequest(`${scene.app.url}/ws/server/${scene.server.id}`, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });
});

describe('a request to open a socket', () => {
  /** The first line of the answer to an upgrade with this target, exactly as written. */
  const answerTo = (target: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const head =
        'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
      const socket = connectTcp(Number(new URL(scene.app.url).port), '127.0.0.1', () =>
        socket.write(`GET ${target} HTTP/1.1\r\n${head}`),
      );
      socket.setTimeout(5_000, () => socket.destroy(new Error('No answer.')));
      socket.once('data', (data) => {
        resolve(data.toString().split('\r\n', 1)[0] ?? '');
        socket.destroy();
      });
      socket.once('error', reject);
    });

  test.each(['//', '///', 'http://', 'http://[', '*', '//[', '/x/../socket.io/?EIO=4', '/ws/server/../../x'])(
    'for %s is answered with 404, and nothing breaks',
    async (target) => {
      expect(await answerTo(target)).toBe('HTTP/1.1 404 Not Found');
      expect((await scene.app.api('GET', '/api/v1/healthz')).status).toBe(200);
    },
  );

  test('that is given up before its answer breaks nothing', async () => {
    for (const target of ['/nowhere', `/ws/server/${scene.server.id}`, '/socket.io/?EIO=4&transport=websocket']) {
      const socket = connectTcp(Number(new URL(scene.app.url).port), '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      socket.resetAndDestroy();
    }
    expect((await scene.app.api('GET', '/api/v1/healthz')).status).toBe(200);
  });

  test.each(['/', '/ws', '/ws/server/a/b', '/admin'])('of socket.io for the namespace %s is refused', async (name) => {
    const socket = io(`${scene.app.url}${name}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token: scene.person.token },
    });
    const answer = await new Promise((resolve) => {
      socket.on('connect', () => resolve('connected'));
      socket.on('connect_error', (error) => resolve(error.message));
    });
    socket.close();
    expect(answer).toMatch(/Invalid namespace|nothing here/);
  });
});
