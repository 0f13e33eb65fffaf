import { gate } from './gate.js';
import { modern, open, send } from './http.js';
import { result, text } from './fixture-tools.js';
import { call, startSession } from './legacy-session.js';
import { type Served, serve } from './serve.js';

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';

describe('subscriptions/listen', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve();
  });
  afterEach(() => served.close());

  const listen = (notifications: object, id: unknown = 'sub') =>
    open(served.url, modern('subscriptions/listen', { notifications }, id));

  test('says first what it will tell, and then tells that alone', async () => {
    const stream = await listen({
      promptsListChanged: true,
      toolsListChanged: false,
      resourceSubscriptions: ['test://a'],
    });
    const filter = { promptsListChanged: true, resourceSubscriptions: ['test://a'] };
    expect(await stream.next()).toMatchObject({
      id: undefined,
      message: {
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications: filter, _meta: { [SUBSCRIPTION]: 'sub' } },
      },
    });
    expect(served.backend.listening).toEqual([filter]);
    served.backend.tell('notifications/tools/list_changed');
    served.backend.tell('notifications/prompts/list_changed', { _meta: { mine: 1 } });
    expect((await stream.next())?.message).toMatchObject({
      method: 'notifications/prompts/list_changed',
      params: { _meta: { [SUBSCRIPTION]: 'sub', mine: 1 } },
    });
    stream.leave();
  });

  test('promises nothing that the server does not tell', async () => {
    const before = served.backend.describe('ada');
    served.backend.describe = () => ({ ...before, capabilities: { tools: {}, resources: { subscribe: true } } });
    const stream = await listen({ toolsListChanged: true, resourcesListChanged: true, resourceSubscriptions: ['a'] });
    expect((await stream.next())?.message.params?.notifications).toEqual({ resourceSubscriptions: ['a'] });
    stream.leave();
  });

  test('ends with an answer when the server stops', async () => {
    const stream = await listen({ toolsListChanged: true }, 5);
    await stream.next();
    await served.endpoint.close({ graceMs: 0 });
    expect((await stream.next())?.message).toEqual({
      jsonrpc: '2.0',
      id: 5,
      result: { resultType: 'complete', _meta: { [SUBSCRIPTION]: 5 } },
    });
    expect(await stream.next()).toBeUndefined();
    expect(served.backend.listening).toEqual([]);
    expect((await send(served.url, modern('subscriptions/listen'))).status).toBe(503);
  });
});

describe('an endpoint that stops', () => {
  test('lets what runs come to its end, and those who listen go elsewhere', async () => {
    const served = await serve();
    const [started, done] = [gate(), gate()];
    served.backend.tools.slow = {
      description: 'Slow',
      run: async () => {
        started.open();
        await done.passed;
        return result(text('done'));
      },
    };
    const session = await startSession(served.url);
    const listening = await session.get();
    const running = session.post(call('slow'));
    await started.passed;
    const closing = served.endpoint.close({ graceMs: 10_000 });
    await listening.next();
    expect((await listening.next())?.retry).toBe(1000);
    expect(await listening.next()).toBeUndefined();
    expect((await session.get()).status).toBe(503);
    done.open();
    expect((await running).json.result).toBeDefined();
    await closing;
    await served.close();
  });

  test('interrupts what does not end in time', async () => {
    const served = await serve();
    const started = gate();
    served.backend.tools.stuck = {
      description: 'Stuck',
      run: async (_request, { signal }) => {
        const interrupted = gate();
        signal.addEventListener('abort', () => interrupted.open());
        started.open();
        await interrupted.passed;
        return { kind: 'error', code: 1, message: 'Interrupted.', status: 503 };
      },
    };
    const running = send(served.url, modern('tools/call', { name: 'stuck' }));
    await started.passed;
    await served.endpoint.close({ graceMs: 0 });
    const { status, json } = await running;
    expect([status, json.error?.code]).toEqual([503, 1]);
    await served.close();
  });
});

test('who may not be here any more loses what is open, and others do not', async () => {
  const served = await serve();
  const session = await startSession(served.url);
  const mine = [await session.get(), await open(served.url, modern('subscriptions/listen'))];
  const sent = modern('subscriptions/listen');
  const others = await open(served.url, { ...sent, headers: { ...sent.headers, 'x-caller': 'eve' } });
  served.endpoint.dismiss((key) => key === 'key of ada');
  for (const stream of mine) while (await stream.next());
  expect(served.endpoint.load.listening).toBe(1);
  await served.shared.sessions.remove(session.id);
  expect((await session.post(call('test_simple_text'))).status).toBe(404);
  others.leave();
  await served.close();
});
