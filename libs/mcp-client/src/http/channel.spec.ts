import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Fault } from '../../test-support/faults.js';
import { scripted, scriptedModern, type RpcRequest, type Script } from '../../test-support/scripted-server.js';
import { targetAt, testBench } from '../../test-support/targets.js';
import { MAX_ANSWER_BYTES, UpstreamError, type CallOptions, type UpstreamSession } from '../index.js';

const bench = testBench();
const servers: Fault[] = [];

async function on<T>(
  start: (script: Script) => Promise<Fault>,
  script: Script,
  work: (session: UpstreamSession) => Promise<T>,
): Promise<T> {
  const server = await start(script);
  servers.push(server);
  return bench.pool().withSession(targetAt(server.url), {}, work);
}

const call =
  (options: CallOptions = {}) =>
  (session: UpstreamSession) =>
    session.callTool({ name: 't' }, options);

afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
afterAll(() => bench.close());

const done = (text = 'done') => ({ resultType: 'complete', content: [{ type: 'text', text }] });
const answerTo = ({ id }: RpcRequest, result: unknown = done()) => JSON.stringify({ jsonrpc: '2.0', id, result });

function json(response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}): undefined {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
}

function events(response: ServerResponse, ...data: readonly string[]): undefined {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(data.map((one) => `event: message\ndata: ${one}\n\n`).join(''));
}

const ERAS = [
  ['legacy', scripted],
  ['modern', scriptedModern],
] as const;

describe.each(ERAS)('an answer of a %s server that is none', (_era, start) => {
  const another = (request: RpcRequest) => answerTo({ ...request, id: 'another' });
  it.each<[string, string, Script]>([
    ['to another request', 'UPSTREAM_PROTOCOL', (request, { response }) => json(response, another(request))],
    [
      'to another request, on a stream',
      'UPSTREAM_PROTOCOL',
      (request, { response }) => events(response, another(request), answerTo(request)),
    ],
    ['garbage', 'UPSTREAM_PROTOCOL', (_request, { response }) => json(response, '}{')],
    ['garbage on a stream', 'UPSTREAM_PROTOCOL', (_request, { response }) => events(response, 'hello')],
    [
      'two answers',
      'UPSTREAM_PROTOCOL',
      (request, { response }) => events(response, answerTo(request, done('1')), answerTo(request, done('2'))),
    ],
    ['none', 'UPSTREAM_PROTOCOL', (_request, { response }) => json(response, '')],
    ['none on a stream', 'UPSTREAM_UNREACHABLE', (_request, { response }) => events(response)],
    ['only accepted', 'UPSTREAM_PROTOCOL', (_request, { response }) => void response.writeHead(202).end()],
    [
      'of another JSON-RPC',
      'UPSTREAM_PROTOCOL',
      ({ id }, { response }) => json(response, JSON.stringify({ jsonrpc: '1.0', id, result: done() })),
    ],
    [
      'both a result and an error',
      'UPSTREAM_PROTOCOL',
      ({ id }, { response }) =>
        json(response, JSON.stringify({ jsonrpc: '2.0', id, result: done(), error: { code: 1, message: 'x' } })),
    ],
    ['a batch', 'UPSTREAM_PROTOCOL', (request, { response }) => json(response, `[${answerTo(request)}]`)],
    [
      'a result that is no object',
      'UPSTREAM_PROTOCOL',
      (request, { response }) => json(response, answerTo(request, 7)),
    ],
    [
      'cut half-way',
      'UPSTREAM_UNREACHABLE',
      (request, { response }) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write(answerTo(request).slice(0, 20));
        setImmediate(() => response.destroy());
        return undefined;
      },
    ],
    [
      'too large by its own account',
      'UPSTREAM_PROTOCOL',
      (_request, { response }) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(100 * 2 ** 20) });
        response.write('{');
        return undefined;
      },
    ],
    [
      'too large when unpacked',
      'UPSTREAM_PROTOCOL',
      (_request, { response }) =>
        json(response, gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1, ' ')), { 'content-encoding': 'gzip' }),
    ],
    [
      'packed, but not as it says',
      'UPSTREAM_PROTOCOL',
      (request, { response }) => json(response, answerTo(request), { 'content-encoding': 'gzip' }),
    ],
  ])('is a typed error: %s', async (_what, code, script) => {
    const error: unknown = await on(start, script, call()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ code, requestSent: true });
  });
});

describe.each(ERAS)('an answer of a %s server', (_era, start) => {
  it('may be packed', async () => {
    const script: Script = (request, { response }) =>
      json(response, gzipSync(answerTo(request)), { 'content-encoding': 'gzip' });
    expect(await on(start, script, call())).toMatchObject({ content: [{ text: 'done' }] });
  });

  it('counts when it is there, even if its stream never ends', async () => {
    const script: Script = (request, { response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${answerTo(request)}\n\n`);
      return undefined;
    };
    expect(await on(start, script, call())).toMatchObject({ content: [{ text: 'done' }] });
  });

  it('is followed to another path of the origin, where the call stays a call', async () => {
    const paths: string[] = [];
    const script: Script = (request, { response }) => {
      paths.push(String(response.req.url));
      if (paths.length > 1) return { result: done() };
      return void response.writeHead(307, { location: '/elsewhere' }).end(answerTo(request));
    };
    expect(await on(start, script, call())).toMatchObject({ content: [{ text: 'done' }] });
    expect(paths).toEqual(['/mcp', '/elsewhere']);
  });

  it.each([
    ['another origin', 307, 'https://elsewhere.test/mcp'],
    ['the metadata of a cloud', 307, 'http://169.254.169.254/latest/meta-data'],
    ['a page', 302, '/login'],
    ['itself for ever', 308, '/mcp'],
  ])('is not followed to %s', async (_where, status, location) => {
    const script: Script = (_request, { response }) => void response.writeHead(status, { location }).end();
    await expect(on(start, script, call())).rejects.toMatchObject({ code: 'UPSTREAM_REFUSED', requestSent: false });
  });
});

describe('what a legacy server says on the stream of a call', () => {
  it('reaches the call that it belongs to, of many on one session', async () => {
    const told: Record<string, unknown[]> = { a: [], b: [] };
    const waiting: (() => void)[] = [];
    const script: Script = ({ id, params }, { response }) => {
      const token = (params._meta as { progressToken: string }).progressToken;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const say = (message: object) => response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
      waiting.push(() => {
        say({ method: 'notifications/progress', params: { progressToken: token, progress: 1, message: params.name } });
        say({ method: 'notifications/progress', params: { progressToken: 'of nobody', progress: 2 } });
        say({ method: 'notifications/message', params: { level: 'info', data: params.name } });
        say({ id, result: done(String(params.name)) });
        response.end();
      });
      if (waiting.length === 2) for (const go of waiting) go();
      return undefined;
    };
    await on(scripted, script, async (session) => {
      const results = await Promise.all(
        ['a', 'b'].map((name) =>
          session.callTool(
            { name },
            {
              onProgress: ({ progress, message }) => told[name]?.push([progress, message]),
              onLog: ({ data }) => told[name]?.push(data),
            },
          ),
        ),
      );
      expect(results.map(({ content }) => content[0]?.text)).toEqual(['a', 'b']);
    });
    expect(told).toEqual({ a: [[1, 'a'], 'a'], b: [[1, 'b'], 'b'] });
  });

  it('is answered: a question, a ping, and what nobody offers', async () => {
    const answers = new Map<unknown, unknown>();
    let finish = () => {};
    const script: Script = (request, { response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const ask = (id: string, method: string, params: object = {}) =>
        response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n\n`);
      ask('ping', 'ping');
      ask('sample', 'sampling/createMessage');
      ask('who', 'elicitation/create', { message: 'Who?', requestedSchema: { type: 'object' } });
      finish = () => response.end(`data: ${answerTo(request)}\n\n`);
      return undefined;
    };
    const server = await scripted(script, (answer) => {
      answers.set(answer.id, answer.result ?? answer.error);
      if (answers.size === 3) finish();
    });
    servers.push(server);
    await bench
      .pool()
      .withSession(
        targetAt(server.url),
        {},
        call({ onQuestion: async () => ({ action: 'accept', content: { n: 'A' } }) }),
      );
    expect(Object.fromEntries(answers)).toMatchObject({
      ping: {},
      sample: { code: -32601 },
      who: { action: 'accept', content: { n: 'A' } },
    });
  });

  it('withdraws a question, and nobody is asked any more', async () => {
    let told: (() => void) | undefined;
    const script: Script = (request, { response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const say = (message: object) => response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
      say({ id: 1, method: 'elicitation/create', params: { message: 'Who?' } });
      told = () => {
        say({ method: 'notifications/cancelled', params: { requestId: 1 } });
        response.end(`data: ${answerTo(request)}\n\n`);
      };
      return undefined;
    };
    let withdrawn = false;
    const onQuestion: CallOptions['onQuestion'] = (_question, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          withdrawn = true;
          reject(new Error('Withdrawn.'));
        });
        told?.();
      });
    await on(scripted, script, call({ onQuestion }));
    expect(withdrawn).toBe(true);
  });
});

describe('a modern server that wants more before it answers', () => {
  it('is asked again with what it wants, its own state, and another id', async () => {
    const got: RpcRequest[] = [];
    const script: Script = (request) => {
      got.push(request);
      const who = { method: 'elicitation/create', params: { message: 'Who?', requestedSchema: {} } };
      if (got.length === 1) return { result: { resultType: 'input_required', requestState: 'wait' } };
      if (got.length > 2) return { result: done() };
      return { result: { resultType: 'input_required', inputRequests: { who }, requestState: 's' } };
    };
    await on(scriptedModern, script, call({ onQuestion: async () => ({ action: 'decline' }) }));
    expect(got.map(({ params }) => [params.requestState, params.inputResponses])).toEqual([
      [undefined, undefined],
      ['wait', undefined],
      ['s', { who: { action: 'decline' } }],
    ]);
    expect(new Set(got.map(({ id }) => id)).size).toBe(3);
  });

  it.each([
    ['for ever', 'UPSTREAM_ERROR', { x: { method: 'elicitation/create', params: { message: 'Again?' } } }],
    ['what nobody offers', 'UPSTREAM_PROTOCOL', { x: { method: 'sampling/createMessage', params: {} } }],
    ['nothing', 'UPSTREAM_PROTOCOL', {}],
  ])('is given up when it wants %s', async (_what, code, inputRequests) => {
    const script: Script = () => ({ result: { resultType: 'input_required', inputRequests } });
    await expect(on(scriptedModern, script, call())).rejects.toMatchObject({ code, requestSent: true });
  });

  it.each([['task'], [undefined]])('is not understood with a result of type %s', async (resultType) => {
    const script: Script = () => ({ result: { content: [], ...(resultType && { resultType }) } });
    await expect(on(scriptedModern, script, call())).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  });
});
