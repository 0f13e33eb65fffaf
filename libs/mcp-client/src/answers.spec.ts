import type { Fault } from '../test-support/faults.js';
import { scripted, scriptedModern, type Script } from '../test-support/scripted-server.js';
import { targetAt, testBench } from '../test-support/targets.js';
import type { UpstreamSession, UpstreamTarget } from './index.js';

const bench = testBench();
const servers: Fault[] = [];

async function on<T>(
  start: (script: Script) => Promise<Fault>,
  script: Script,
  work: (session: UpstreamSession) => Promise<T>,
  rest: Partial<UpstreamTarget> = {},
): Promise<T> {
  const server = await start(script);
  servers.push(server);
  return bench.pool().withSession(targetAt(server.url, rest), {}, work);
}

afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
afterAll(() => bench.close());

const tool = (name: string, rest: object = {}) => ({ name, inputSchema: { type: 'object' }, ...rest });

describe('listing tools', () => {
  it('reads all pages and keeps odd schemas as they are', async () => {
    const odd = tool('odd', {
      outputSchema: { type: 'array', $schema: 'urn:unknown', items: { pattern: '(' } },
      'x-own': 1,
    });
    const script: Script = ({ params }) =>
      params.cursor === undefined
        ? { result: { tools: [tool('a')], nextCursor: '2' } }
        : { result: { tools: [odd, { name: 'no schema' }] } };
    const tools = await on(scripted, script, (session) => session.listTools());
    expect(tools).toEqual([tool('a'), odd]);
  });

  it('comes to an end with a server that repeats its cursor', async () => {
    const tools = await on(
      scripted,
      () => ({ result: { tools: [tool('a')], nextCursor: 'x' } }),
      (session) => session.listTools(),
    );
    expect(tools.length).toBeLessThan(3);
  });

  it.each([
    ['too many', () => ({ result: { tools: Array.from({ length: 1001 }, (_, n) => tool(`t${n}`)) } })],
    ['too much', () => ({ result: { tools: [tool('big', { description: 'x'.repeat(2_200_000) })] } })],
    ['no list', () => ({ result: { tools: 'none' } })],
  ])('refuses %s', async (_what, script: Script) => {
    await on(scripted, script, async (session) => {
      await expect(session.listTools()).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL', requestSent: false });
    });
  });

  it('leaves out tools with invalid header annotations in the modern era', async () => {
    const bad = tool('bad', {
      inputSchema: { type: 'object', properties: { a: { type: 'object', 'x-mcp-header': 'A' } } },
    });
    const list = { resultType: 'complete', ttlMs: 0, cacheScope: 'private', tools: [tool('good'), bad] };
    const tools = await on(
      scriptedModern,
      () => ({ result: list }),
      (session) => session.listTools(),
    );
    expect(tools.map(({ name }) => name)).toEqual(['good']);
  });
});

describe.each([
  ['resources', 'resources/list', 'listResources'],
  ['resourceTemplates', 'resources/templates/list', 'listResourceTemplates'],
  ['prompts', 'prompts/list', 'listPrompts'],
] as const)('listing %s', (what, method, list) => {
  const start = (script: Script) => scriptedModern(script, { resources: {}, prompts: {} });

  it('reads all pages and keeps all that there is', async () => {
    const icons = [{ src: 'data:image/png;base64,AA==', mimeType: 'image/png', sizes: ['48x48'], theme: 'dark' }];
    const odd = { name: 'a', title: 'A', icons, _meta: { 'x/y': [1] }, annotations: { odd: true }, odd: { b: null } };
    const script: Script = (request) => {
      expect(request.method).toBe(method);
      const result = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
      const more = request.params.cursor === undefined;
      return { result: { ...result, [what]: [more ? odd : { name: 'b' }], ...(more && { nextCursor: '2' }) } };
    };
    expect(await on(start, script, (session) => session[list]())).toEqual([odd, { name: 'b' }]);
  });

  it('fails where the server does, but templates need not be known', async () => {
    const script: Script = () => ({ error: { code: -32601, message: 'Method not found' } });
    const listed = on(start, script, (session) => session[list]());
    if (what === 'resourceTemplates') expect(await listed).toEqual([]);
    else await expect(listed).rejects.toMatchObject({ code: 'UPSTREAM_ERROR' });
  });
});

describe('the result of a call', () => {
  it('is the upstream’s own, unknown content and wrong structure included', async () => {
    const result = { content: [{ type: 'hologram', x: 1 }], structuredContent: { n: 'no number' }, _meta: { a: 1 } };
    const outputSchema = { type: 'object', properties: { n: { type: 'number' } } };
    const script: Script = ({ method }) =>
      method === 'tools/list' ? { result: { tools: [tool('t', { outputSchema })] } } : { result };
    const got = await on(scripted, script, async (session) => {
      await session.listTools();
      return session.callTool({ name: 't' });
    });
    expect(got).toEqual(result);
  });

  it('is refused when it is none', async () => {
    await on(
      scripted,
      () => ({ result: { content: 'text' } }),
      async (session) => {
        const call = session.callTool({ name: 't' });
        await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL', requestSent: true });
      },
    );
  });
});

describe('a call that is lost', () => {
  it.each([
    ['scripted', scripted],
    ['scriptedModern', scriptedModern],
  ])('is not sent again and may have run: the stream broke (%s)', async (_name, start) => {
    let calls = 0;
    const script: Script = (_request, { response }) => {
      calls++;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': working\n\n');
      setImmediate(() => response.destroy());
      return undefined;
    };
    await on(start, script, async (session) => {
      const call = session.callTool({ name: 't' });
      await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE', requestSent: true });
    });
    expect(calls).toBe(1);
  });

  it('is not sent again and may have run: the socket broke before the head of the answer', async () => {
    let calls = 0;
    const script: Script = (_request, { response }) => {
      calls++;
      response.destroy();
      return undefined;
    };
    await on(scripted, script, async (session) => {
      const call = session.callTool({ name: 't' });
      await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE', requestSent: true });
    });
    expect(calls).toBe(1);
  });

  it.each([
    [401, 'UPSTREAM_AUTH', false],
    [429, 'UPSTREAM_ERROR', false],
    [500, 'UPSTREAM_ERROR', true],
  ])('says whether it may have run: HTTP %i', async (status, code, requestSent) => {
    const script: Script = (_request, { response }) => void response.writeHead(status).end('<html>inner page</html>');
    await on(scripted, script, async (session) => {
      const error: unknown = await session.callTool({ name: 't' }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, requestSent, httpStatus: status });
      expect(JSON.stringify([error, String(error)])).not.toContain('inner page');
    });
  });
});

describe('arguments in headers', () => {
  const inputSchema = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      deep: { type: 'object', properties: { on: { type: 'boolean', 'x-mcp-header': 'On' } } },
    },
  };
  const args = { region: 'Zürich', deep: { on: true } };
  const encoded = `=?base64?${Buffer.from('Zürich').toString('base64')}?=`;
  const done = { result: { resultType: 'complete', content: [] } };

  it('travel as the known schema asks', async () => {
    let got: NodeJS.Dict<string | string[]> = {};
    const script: Script = (_request, { headers }) => {
      got = headers;
      return done;
    };
    await on(scriptedModern, script, (session) => session.callTool({ name: 't', arguments: args, inputSchema }));
    expect(got).toMatchObject({ 'mcp-param-region': encoded, 'mcp-param-on': 'true', 'mcp-name': 't' });
  });

  it('are learnt from a refusal where the schema was not known', async () => {
    const methods: string[] = [];
    const script: Script = ({ method }, { headers }) => {
      methods.push(method);
      if (method === 'tools/list') {
        const list = { resultType: 'complete', ttlMs: 0, cacheScope: 'private', tools: [{ name: 't', inputSchema }] };
        return { result: list };
      }
      return headers['mcp-param-region'] === encoded ? done : { error: { code: -32020, message: 'Header mismatch' } };
    };
    await on(scriptedModern, script, (session) => session.callTool({ name: 't', arguments: args }));
    expect(methods).toEqual(['tools/call', 'tools/list', 'tools/call']);
  });
});
