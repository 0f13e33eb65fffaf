import type { UpstreamError, UpstreamSession, UpstreamTarget } from './index.js';
import { startEverything, startLegacyServer, startModernServer, type TestServer } from '../test-support/servers.js';
import { targetAt, testBench } from '../test-support/targets.js';

const bench = testBench();
const use = <T>(target: UpstreamTarget, work: (session: UpstreamSession) => Promise<T>, signal?: AbortSignal) =>
  bench.pool().withSession(target, signal ? { signal } : {}, work);

afterAll(() => bench.close());

describe.each([
  ['legacy', startLegacyServer, '2025-11-25'],
  ['modern', startModernServer, '2026-07-28'],
] as const)('a session with a %s server', (era, start, version) => {
  let server: TestServer;

  beforeEach(async () => {
    server = await start();
  });

  afterEach(() => server.close());

  it('negotiates the era and knows the server', async () => {
    await use(targetAt(server.url), async (session) => {
      expect(session.protocol).toMatchObject({ era, version, transport: 'streamable_http' });
      expect(session.serverInfo?.name).toBe(era);
      expect(await session.ping()).toBeGreaterThan(0);
    });
  });

  it('lists tools with their schemas, and nothing where the server has nothing', async () => {
    await use(targetAt(server.url), async (session) => {
      const tools = await session.listTools();
      const echo = tools.find(({ name }) => name === 'echo');
      expect(echo?.inputSchema).toMatchObject({ type: 'object', required: ['text'] });
      expect(await session.listResources()).toEqual([]);
      expect(await session.listPrompts()).toEqual([]);
    });
  });

  it('calls a tool and sends the headers of the target', async () => {
    const headers = { authorization: 'Bearer secret-token' };
    const plainHeaders = { 'User-Agent': 'a client of theirs', Authorization: 'signs nobody in' };
    const result = await use(targetAt(server.url, { headers, plainHeaders }), (session) =>
      session.callTool({ name: 'echo', arguments: { text: 'hi' } }),
    );
    expect(result.content).toEqual([{ type: 'text', text: 'hi' }]);
    expect(server.headers.every(({ authorization }) => authorization === headers.authorization)).toBe(true);
    expect(server.headers.every((sent) => sent['user-agent'] === plainHeaders['User-Agent'])).toBe(true);
  });

  it('brings progress and logs to the call that they belong to', async () => {
    const heard: unknown[] = [];
    await use(targetAt(server.url), async (session) => {
      await session.callTool(
        { name: 'talk' },
        { onProgress: (progress) => heard.push(progress), onLog: (log) => heard.push(log) },
      );
      await session.callTool({ name: 'talk' });
    });
    expect(heard).toEqual([
      { level: 'info', logger: undefined, data: 'working' },
      { progress: 1, total: 2, message: 'half' },
    ]);
  });

  it('asks a person and holds the clock meanwhile', async () => {
    const questions: unknown[] = [];
    const timeoutMs = 400;
    /** Over when another call of as long a time has run out of it. */
    const timeIsOver = () => {
      const late = use(targetAt(server.url), (session) => session.callTool({ name: 'slow' }, { timeoutMs }));
      return expect(late).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    };
    const result = await use(targetAt(server.url), (session) =>
      session.callTool(
        { name: 'ask' },
        {
          timeoutMs,
          attended: true,
          onQuestion: async (question) => {
            questions.push(question);
            await timeIsOver();
            return { action: 'accept', content: { name: 'Ada' } };
          },
        },
      ),
    );
    expect(questions).toEqual([
      { kind: 'form', message: 'Who are you?', schema: expect.objectContaining({ required: ['name'] }) as unknown },
    ]);
    expect(JSON.parse(String(result.content[0]?.text))).toMatchObject({ action: 'accept', content: { name: 'Ada' } });
  });

  it('answers a question for nobody with cancel', async () => {
    const result = await use(targetAt(server.url), (session) => session.callTool({ name: 'ask' }));
    expect(JSON.parse(String(result.content[0]?.text))).toMatchObject({ action: 'cancel' });
  });

  it('carries a cancellation to the upstream', async () => {
    const controller = new AbortController();
    const call = use(targetAt(server.url), (session) =>
      session.callTool({ name: 'slow' }, { signal: controller.signal }),
    );
    await server.slowStarted;
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED', requestSent: true });
    await server.slowAborted;
  });

  it('carries a passed deadline to the upstream, and the next call works', async () => {
    const pool = bench.pool();
    const target = targetAt(server.url);
    const slow = pool.withSession(target, {}, (session) => session.callTool({ name: 'slow' }, { timeoutMs: 200 }));
    await expect(slow).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', requestSent: true });
    await server.slowAborted;
    const next = await pool.withSession(target, {}, (session) =>
      session.callTool({ name: 'echo', arguments: { text: 'still here' } }),
    );
    expect(next.content[0]?.text).toBe('still here');
  });

  it('says that a call which never left had no effect', async () => {
    const pool = bench.pool();
    const target = targetAt(server.url);
    await pool.withSession(target, {}, async (session) => {
      await session.ping();
      await server.close();
      const failed = session.callTool({ name: 'echo', arguments: { text: 'x' } });
      await expect(failed).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE' });
    });
    const again = pool.withSession({ ...target, key: 'other' }, {}, (session) => session.callTool({ name: 'echo' }));
    await expect(again).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE', requestSent: false });
    server = await start();
  });

  it('gives an error of the tool as a result, and one of the protocol as an error', async () => {
    const outcome = await use(targetAt(server.url), (session) =>
      session.callTool({ name: 'nothing-of-that-name' }).catch((error: unknown) => error as UpstreamError),
    );
    if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'UPSTREAM_ERROR', rpc: { code: -32602 } });
    else expect(outcome.isError).toBe(true);
  });
});

describe('a legacy session that the server has forgotten', () => {
  it('is opened again silently, and the call runs once', async () => {
    const server = await startLegacyServer();
    try {
      await use(targetAt(server.url), async (session) => {
        await session.callTool({ name: 'echo', arguments: { text: 'one' } });
        server.forget();
        const result = await session.callTool({ name: 'echo', arguments: { text: 'two' } });
        expect(result.content[0]?.text).toBe('two');
      });
      expect(server.seen.filter((line) => line === 'POST initialize')).toHaveLength(2);
    } finally {
      await server.close();
    }
  });

  it('is ended on the server when the pool closes', async () => {
    const server = await startLegacyServer();
    const pool = bench.pool();
    await pool.withSession(targetAt(server.url), {}, (session) => session.ping());
    expect(server.sessions()).toBe(1);
    await pool.close();
    expect(server.sessions()).toBe(0);
    await server.close();
  });
});

describe('the reference server', () => {
  it.each(['streamableHttp', 'sse'] as const)('works over %s', async (mode) => {
    const server = await startEverything(mode);
    try {
      await use(targetAt(server.url), async (session) => {
        expect(session.protocol).toMatchObject({
          era: 'legacy',
          transport: mode === 'sse' ? 'sse' : 'streamable_http',
        });
        const tools = await session.listTools();
        expect(tools.length).toBeGreaterThan(8);
        expect((await session.listResources()).length).toBeGreaterThan(0);
        expect((await session.listPrompts()).length).toBeGreaterThan(0);
        const echo = await session.callTool({ name: 'echo', arguments: { message: 'hello' } });
        expect(JSON.stringify(echo.content)).toContain('hello');
        const steps: number[] = [];
        await session.callTool(
          { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps: 2 } },
          { onProgress: ({ progress }) => steps.push(progress) },
        );
        expect(steps.length).toBeGreaterThan(0);
        const asked = await session.callTool(
          { name: 'trigger-elicitation-request' },
          { onQuestion: async () => ({ action: 'decline' }) },
        );
        expect(JSON.stringify(asked.content)).toMatch(/decline/i);
        expect(await session.ping()).toBeGreaterThan(0);
      });
    } finally {
      await server.close();
    }
  });

  it('tells at once that it died during a call, and that the call may have run', async () => {
    const server = await startEverything('sse');
    const call = use(targetAt(server.url), (session) =>
      session.callTool(
        { name: 'trigger-long-running-operation', arguments: { duration: 30, steps: 30 } },
        { onProgress: () => void server.close() },
      ),
    );
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE', requestSent: true });
  });
});
