import { CommandError, connectSession, ConnectionRefused, type SessionOptions } from '../src/client/index.js';
import { COMMAND_PAYLOADS, COMMAND_TYPES } from '../src/commands.js';
import { frame, ScriptedServer } from './scripted-server.js';

const FAST = [5];

function connect(server: ScriptedServer, options: Partial<SessionOptions> = {}) {
  return connectSession({
    origin: 'http://server',
    serverId: 'mcp_1',
    token: 'secret',
    transport: server.transport,
    retryStepsMs: FAST,
    ...options,
  });
}

describe('a client of a session', () => {
  test('goes on with the session and the number where it was cut, and gives every stored event once', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    const seqs: number[] = [];
    client.on('log_entry', (_payload, { seq }) => seqs.push(seq));
    const first = await server.dialled();
    first.greet({ session: 'session_1', lastSeq: 2, stored: [1, 2] });
    expect((await client.ready).session.id).toBe('session_1');
    first.say(frame('log_entry', {}, 2), frame('log_entry', {}, 3));
    first.cut();
    const second = await server.dialled();
    expect(second.dial).toMatchObject({ session: 'session_1', after: 3, credential: { token: 'secret' } });
    second.greet({ session: 'session_1', lastSeq: 4, stored: [4] });
    expect(seqs).toEqual([1, 2, 3, 4]);
    expect(client).toMatchObject({ lastSeq: 4, sessionId: 'session_1', status: { state: 'online', attempt: 0 } });
    client.close();
  });

  test('asks for what is missing, once', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    const line = await server.dialled();
    line.greet({ lastSeq: 0 });
    line.say(frame('log_entry', {}, 3), frame('log_entry', {}, 4));
    expect(line.sent.filter(({ type }) => type === 'resume').map(({ payload }) => payload)).toEqual([{ after: 0 }]);
    expect(client.lastSeq).toBe(0);
    client.close();
  });

  test('a message that was on its way is sent again under its name, and resolves with its event', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    const said = client.send('chat_message', { text: 'Hello' });
    const first = await server.dialled();
    first.greet({});
    const sent = first.sent.find(({ type }) => type === 'chat_message');
    first.cut();
    const second = await server.dialled();
    second.greet({});
    const again = second.sent.find(({ type }) => type === 'chat_message');
    expect(again?.payload).toEqual(sent?.payload);
    second.say(frame('ack', { in_reply_to: again?.id }));
    second.say(frame('chat_message', { ...again?.payload, message_id: 'msg_1', sender: 'USER' }, 1));
    expect((await said).payload.message_id).toBe('msg_1');
    client.close();
  });

  test('a decision that the replay shows is not sent again', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    const first = await server.dialled();
    first.greet({});
    const decided = client.send('approve_task', { node_id: 'node1', decision_id: 'mine' });
    first.cut();
    const second = await server.dialled();
    second.say(frame('task_decision', { node_id: 'node1', decision_id: 'mine' }, 1));
    second.greet({ lastSeq: 1 });
    await decided;
    expect(second.sent.filter(({ type }) => type === 'approve_task')).toEqual([]);
    client.close();
  });

  const decisions = COMMAND_TYPES.filter((type) => 'decision_id' in COMMAND_PAYLOADS[type].shape);

  test.each(decisions)('%s is sent again under the name of its decision', async (type) => {
    const server = new ScriptedServer();
    const client = connect(server);
    const first = await server.dialled();
    first.greet({});
    const decided = client.send(type, { node_id: 'node1' });
    const sent = first.sent.find((one) => one.type === type);
    first.cut();
    const second = await server.dialled();
    second.greet({});
    const again = second.sent.find((one) => one.type === type);
    expect(again?.payload).toEqual({ node_id: 'node1', decision_id: expect.any(String) as string });
    expect(again?.payload).toEqual(sent?.payload);
    second.say(frame('ack', { in_reply_to: again?.id }));
    await decided;
    client.close();
  });

  test('what must not be sent twice is said to be lost', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    const line = await server.dialled();
    line.greet({});
    const stopped = client.send('stop', {});
    line.cut();
    await expect(stopped).rejects.toMatchObject({ code: 'CONNECTION_LOST', retryable: true });
    client.close();
  });

  test('a refusal, a deadline, a signal and a close end a command with what happened', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    const line = await server.dialled();
    line.greet({});
    const refused = client.send('approve_task', { node_id: 'node9' });
    line.say(
      frame('error', { code: 'NODE_NOT_FOUND', message: 'No.', retryable: false, in_reply_to: line.sent.at(-1)?.id }),
    );
    await expect(refused).rejects.toEqual(new CommandError('NODE_NOT_FOUND', 'No.', false));
    const late = client.send('retry_turn', {}, { timeoutMs: 5 });
    await expect(late).rejects.toMatchObject({ code: 'TIMED_OUT' });
    const given = client.send('retry_turn', {}, { signal: AbortSignal.abort() });
    await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
    const sent = client.send('retry_turn', {});
    line.say(frame('replay_begin', {}));
    const events = client.events();
    const unsent = client.send('retry_turn', {});
    client.close();
    await expect(sent).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(unsent).rejects.toMatchObject({ code: 'CLOSED' });
    expect(await events.next()).toMatchObject({ done: true });
  });

  test('at most 200 commands wait', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    const waiting = Array.from({ length: 200 }, () => client.send('retry_turn', {}).catch(() => undefined));
    await expect(client.send('retry_turn', {})).rejects.toMatchObject({ code: 'OUTBOX_FULL' });
    client.close();
    await Promise.all(waiting);
  });

  test('a refused token is renewed at once; one that cannot be is asked for until reconnect()', async () => {
    const server = new ScriptedServer();
    const renewals: boolean[] = [];
    const client = connect(server, {
      token: ({ renew }) => {
        renewals.push(renew);
        return `token-${renewals.length}`;
      },
    });
    (await server.dialled()).close(4401);
    const second = await server.dialled();
    expect(second.dial.credential).toEqual({ token: 'token-2' });
    second.greet({});
    expect(renewals).toEqual([false, true]);
    for (let line = second, times = 0; times < 4; times += 1) {
      line.close(4401);
      if (times < 3) line = await server.dialled();
    }
    expect(client.status).toMatchObject({ state: 'auth', reason: 'sign_in_again' });
    client.reconnect();
    (await server.dialled()).greet({});
    expect(client.status.state).toBe('online');
    client.close();
  });

  test.each([
    [4403, 'no_access'],
    [4404, 'no_such_server'],
  ])('%i is final', async (code, reason) => {
    const server = new ScriptedServer();
    const client = connect(server);
    const events = client.events();
    (await server.dialled()).close(code);
    await expect(client.ready).rejects.toEqual(new ConnectionRefused(reason as ConnectionRefused['reason']));
    await expect(events.next()).rejects.toBeInstanceOf(ConnectionRefused);
    expect(client.status).toMatchObject({ state: 'closed', reason });
  });

  test('4429 waits long before the next try, 1012 comes back without counting', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    (await server.dialled()).close(1012);
    expect(client.status).toMatchObject({ state: 'reconnecting', attempt: 0, reason: 'restart' });
    (await server.dialled()).close(4429);
    const { state, nextTryAt = 0 } = client.status;
    expect(state).toBe('reconnecting');
    expect(nextTryAt - Date.now()).toBeGreaterThan(9_000);
    client.close();
  });

  test('a line that says nothing is given up', async () => {
    const server = new ScriptedServer();
    const client = connect(server, { silenceMs: 40 });
    (await server.dialled()).greet({});
    const second = await server.dialled();
    expect(client.status.state).not.toBe('online');
    second.greet({});
    expect(client.status.state).toBe('online');
    client.close();
  });

  test('a provider that fails is asked again, one that refuses is not', async () => {
    const server = new ScriptedServer();
    let asked = 0;
    const client = connect(server, {
      token: () => {
        asked += 1;
        if (asked === 1) throw new Error('no network');
        throw new ConnectionRefused('no_access', 'Not yours.');
      },
    });
    await expect(client.ready).rejects.toThrow('Not yours.');
    expect(asked).toBe(2);
  });

  test('what one listener throws does not reach the others, and is reported', async () => {
    const server = new ScriptedServer();
    const client = connect(server);
    const heard: string[] = [];
    const uncaught = new Promise((resolve) => {
      jest.spyOn(globalThis, 'queueMicrotask').mockImplementation((work) => {
        try {
          work();
        } catch (error) {
          resolve(error);
        }
      });
    });
    client.onFrame(() => {
      throw new Error('mine');
    });
    const forget = client.on('log_entry', () => heard.push('typed'));
    client.onFrame(({ type }) => heard.push(type));
    const line = await server.dialled();
    line.say(frame('log_entry', {}, 1));
    forget();
    line.say(frame('something_new', {}, 2));
    expect(heard).toEqual(['typed', 'log_entry', 'something_new']);
    expect(await uncaught).toEqual(new Error('mine'));
    jest.restoreAllMocks();
    client.close();
  });

  test('outside a browser it needs an origin, and a WebSocket where the platform has none', () => {
    expect(() => connectSession({ serverId: 'mcp_1', token: 'x' })).toThrow(TypeError);
    const own = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
    Reflect.deleteProperty(globalThis, 'WebSocket');
    expect(() => connectSession({ origin: 'http://server', serverId: 'mcp_1', token: 'x' })).toThrow(/no WebSocket/);
    if (own) Object.defineProperty(globalThis, 'WebSocket', own);
  });
});
