import type { ServerResponse } from 'node:http';
import type { Fault } from '../../test-support/faults.js';
import { scripted, scriptedModern, type RpcRequest, type Script } from '../../test-support/scripted-server.js';
import { targetAt, testBench } from '../../test-support/targets.js';
import type { RelayedAnswer, RelayOptions, RelayRequest, UpstreamTarget } from '../index.js';

const bench = testBench();
const servers: Fault[] = [];

afterEach(() => {
  jest.restoreAllMocks();
  return Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => bench.close());

async function relay(
  start: (script: Script) => Promise<Fault>,
  script: Script,
  request: Partial<RelayRequest> = {},
  options: RelayOptions = {},
  rest: Partial<UpstreamTarget> = {},
): Promise<RelayedAnswer> {
  const server = await start(script);
  servers.push(server);
  const whole = { method: 'tools/call', params: { name: 't', arguments: {} }, ...request };
  return bench.pool().withSession(targetAt(server.url, rest), {}, (session) => session.relay(whole, options));
}

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'switchyard', version: '0' },
};
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const DONE = '{"resultType":"complete","content":[]}';

const plain = (text: string) => `"jsonrpc":"2.0","id":ID,"result":${text}`;
const json = (response: ServerResponse, { id }: RpcRequest, members: string): undefined => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`{${members.replace('ID', String(id))}}`);
};
const event = (response: ServerResponse, { id }: RpcRequest, members: string): undefined => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`event: message\nid: 1\ndata: {${members.replace('ID', String(id))}}\n\n`);
};

const ERAS = [
  ['legacy', scripted],
  ['modern', scriptedModern],
] as const;
const FORMS = [
  ['JSON', json],
  ['an event', event],
] as const;

describe.each(ERAS)('the answer of a %s server', (_era, start) => {
  describe.each(FORMS)('as %s', (_form, write) => {
    const odd =
      '{ "content":[ ] ,"n":1.50E+2,"n":2,"big":12345678901234567890,"u":"\\u0041\\/é","resultType":"complete"}';

    it.each([
      ['as most write it', plain(odd)],
      ['with the result first', `"result":${odd},"jsonrpc":"2.0","id":ID`],
      ['with spaces', ` "id" : ID , "jsonrpc" : "2.0" , "result" : ${odd} `],
    ])('is relayed to the letter: %s', async (_how, members) => {
      const answer = await relay(start, (request, { response }) => write(response, request, members));
      expect(answer.text).toBe(odd);
      expect(answer).toMatchObject({ isError: false, resultType: 'complete' });
      expect(answer.result()).toEqual(JSON.parse(odd));
      expect(answer.result()).toBe(answer.result());
    });

    it('is read neither by a parser nor written anew, as little as the parameters', async () => {
      const [parse, stringify] = [jest.spyOn(JSON, 'parse'), jest.spyOn(JSON, 'stringify')];
      const params = { name: 't', arguments: { mark: 'of the question' } };
      const text = '{"resultType":"complete","content":[],"mark":"of the answer"}';
      const answer = await relay(start, (request, { response }) => write(response, request, plain(text)), {
        params,
        paramsText: '{"name":"t","arguments":{"mark":"of the question"}}',
      });
      expect(answer.text).toBe(text);
      expect(parse.mock.calls.filter(([read]) => String(read).includes('of the answer'))).toEqual([]);
      expect(stringify.mock.calls.filter(([written]) => written === params)).toEqual([]);
    });

    it('is put on one line where it is not', async () => {
      const text = write === json ? '{"content":[],\n"a":1}' : '{"content":[],"\\u0061":1,"resultTyp\\u0065":"x"}';
      const answer = await relay(start, (request, { response }) => write(response, request, plain(text)));
      expect(answer.text).toBe(JSON.stringify(JSON.parse(text)));
      expect(answer.result()).toEqual(JSON.parse(text));
    });

    it.each([
      ['to another request', plain('{}').replace('ID', '7'), 'UPSTREAM_PROTOCOL'],
      ['with two results', `${plain('{}')},"result":{}`, 'none'],
      ['with a result and an error', `${plain('{}')},"error":{"code":1,"message":"x"}`, 'UPSTREAM_PROTOCOL'],
      [
        'that is an error',
        '"jsonrpc":"2.0","id":ID,"error":{"code":-32000,"message":"x","data":[1]}',
        'UPSTREAM_ERROR',
      ],
    ])('means what a parser says it means: %s', async (_what, members, code) => {
      const answer = relay(start, (request, { response }) => write(response, request, members));
      if (code === 'none') expect((await answer).text).toBe('{}');
      else await expect(answer).rejects.toMatchObject({ code, requestSent: true });
      if (code === 'UPSTREAM_ERROR') {
        const rpc = { code: -32000, message: 'x', data: [1] };
        await expect(answer).rejects.toMatchObject({ rpc });
      }
    });
  });

  it('brings with it what else is said on its stream', async () => {
    const heard: unknown[] = [];
    const script: Script = ({ id, params }, { response }) => {
      const progressToken = (params._meta as { progressToken: string }).progressToken;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const message of [
        { method: 'notifications/tasks/status', params: { taskId: '1', status: 'working', odd: true } },
        { method: 'notifications/progress', params: { progressToken, progress: 'odd' } },
        { method: 'notifications/message', params: { level: 'odd', data: 1 } },
        { method: 'notifications/message', params: { level: 'debug', data: 2 } },
        { id, result: { resultType: 'complete' } },
      ]) {
        response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
      }
      response.end();
      return undefined;
    };
    const options: RelayOptions = {
      onProgress: ({ progress }) => heard.push(progress),
      onLog: ({ data }) => heard.push(data),
      logLevel: 'warning',
      onNotification: (method, params) => heard.push([method, params]),
    };
    await relay(start, script, {}, options);
    const status = { taskId: '1', status: 'working', odd: true };
    expect(heard).toEqual([['notifications/tasks/status', status], 'odd', 1]);
  });
});

describe('what is sent', () => {
  const params = { name: 't', arguments: { a: 1 } };
  const paramsText = '{ "arguments": {"a":1.0}, "name": "t" }';

  async function sent(
    start: typeof scripted,
    request: Partial<RelayRequest>,
    options: RelayOptions = {},
    rest: Partial<UpstreamTarget> = {},
  ) {
    const bodies: string[] = [];
    const headers: NodeJS.Dict<string | string[]>[] = [];
    const script: Script = (rpc, at) => {
      bodies.push(at.body);
      headers.push(at.headers);
      return json(at.response, rpc, plain(DONE));
    };
    await relay(start, script, { params, ...request }, options, rest);
    const message = JSON.parse(bodies[0] ?? '') as RpcRequest;
    return { body: bodies[0] ?? '', params: message.params, headers: headers[0] ?? {} };
  }

  it('is the text that was given, to a legacy server without a word of ours', async () => {
    const { body } = await sent(scripted, { paramsText });
    expect(body).toMatch(/^\{"jsonrpc":"2\.0","id":\d+,"method":"tools\/call","params":\{ "arguments"/);
    expect(body).toContain(`"params":${paramsText}}`);
  });

  it.each(ERAS)(
    'has what is passed on, and what we say of ourselves, beside it: to a %s server',
    async (era, start) => {
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      const meta = { traceparent, progressToken: 'of theirs', 'a/b': [1] };
      const heard = { onProgress: () => undefined };
      const { body, params: got, headers } = await sent(start, { paramsText, meta }, heard);
      expect(body).toContain(`,${paramsText.slice(1)}}`);
      const progressToken = expect.stringMatching(/^call-/) as unknown;
      const ours = era === 'modern' ? { ...ENVELOPE, [CAPABILITIES]: {} } : {};
      expect(got._meta).toEqual({ traceparent, 'a/b': [1], progressToken, ...ours });
      expect(headers.traceparent).toBe(traceparent);
      const again = await sent(start, { paramsText, meta: { progressToken: 'of theirs' } });
      expect(again.params._meta).toEqual(ours);
    },
  );

  it('is whole where there are no parameters', async () => {
    const { params: got } = await sent(scriptedModern, { params: {}, paramsText: '{ }' });
    expect(got).toEqual({ _meta: { ...ENVELOPE, [CAPABILITIES]: {} } });
  });

  it('keeps a `_meta` that it should not have, without saying anything twice', async () => {
    const given = { params: { ...params, _meta: { a: 1 } }, paramsText: '{"name":"t","_meta":{"a":1}}' };
    const { body, params: got } = await sent(scriptedModern, given);
    expect(body.match(/"_meta"/g)).toHaveLength(1);
    expect(got._meta).toMatchObject({ a: 1, ...ENVELOPE });
  });

  const all = {
    elicitation: { form: {} },
    sampling: {},
    roots: {},
    extensions: { 'io.modelcontextprotocol/tasks': {} },
  };
  const { extensions, elicitation } = all;
  const onRequest = async () => ({});
  it.each<[string, RelayOptions, Partial<UpstreamTarget>, object]>([
    ['nothing of ours, for nobody', {}, {}, {}],
    ['what nobody has to be asked for', { capabilities: all }, {}, { extensions }],
    ['what it can be asked for', { capabilities: all, onRequest }, {}, { elicitation, extensions }],
    ['what the target may ask for', { capabilities: all, onRequest }, { sampling: true, roots: true }, all],
    ['what it answers itself', { capabilities: all, inputRequired: 'relay' }, {}, { elicitation, extensions }],
    ['what we can ask, for somebody', { onRequest }, {}, { elicitation: { form: {}, url: {} } }],
  ])('tells a modern server what the client behind can do: %s', async (_what, options, rest, expected) => {
    const { params: got } = await sent(scriptedModern, { paramsText }, options, rest);
    expect(got._meta).toMatchObject({ [CAPABILITIES]: expected });
    expect((got._meta as Record<string, unknown>)[CAPABILITIES]).toEqual(expected);
  });

  it('has headers of the era', async () => {
    const inputSchema = { properties: { a: { type: 'integer', 'x-mcp-header': 'A' } } };
    const { headers } = await sent(scriptedModern, { paramsText, inputSchema });
    expect(headers).toMatchObject({ 'mcp-method': 'tools/call', 'mcp-name': 't', 'mcp-param-a': '1' });
    const task = await sent(scriptedModern, { method: 'tasks/get', params: { taskId: 'x' } });
    expect(task.headers).toMatchObject({ 'mcp-method': 'tasks/get', 'mcp-name': 'x' });
  });
});

describe('a modern server', () => {
  it('that misses headers is called again with those that its schema asks for', async () => {
    const inputSchema = { type: 'object', properties: { a: { type: 'string', 'x-mcp-header': 'A' } } };
    const methods: string[] = [];
    const script: Script = ({ method }, { headers }) => {
      methods.push(method);
      if (method === 'tools/list') return { result: { resultType: 'complete', tools: [{ name: 't', inputSchema }] } };
      const right = headers['mcp-param-a'] === 'x';
      return right ? { result: { resultType: 'complete' } } : { error: { code: -32020, message: 'Header mismatch' } };
    };
    await relay(scriptedModern, script, { params: { name: 't', arguments: { a: 'x' } } });
    expect(methods).toEqual(['tools/call', 'tools/list', 'tools/call']);
  });

  it('may answer with a task, or with a type that nobody knows yet', async () => {
    for (const resultType of ['task', 'something_new']) {
      const answer = await relay(scriptedModern, () => ({ result: { resultType, taskId: '1' } }));
      expect(answer.resultType).toBe(resultType);
    }
  });

  const wants = { it: { method: 'elicitation/create', params: { message: 'Who?', requestedSchema: {}, odd: 1 } } };
  const asking = (got: RpcRequest[]): Script => {
    return (request) => {
      got.push(request);
      const again = got.length === 1;
      return {
        result: again
          ? { resultType: 'input_required', inputRequests: wants, requestState: 's' }
          : { resultType: 'complete' },
      };
    };
  };

  it('that wants input is answered by who is behind the call, in a second round', async () => {
    const got: RpcRequest[] = [];
    const asked: unknown[] = [];
    const onRequest: RelayOptions['onRequest'] = async (method, params) => {
      asked.push([method, params]);
      return { action: 'accept', content: { odd: [1] } };
    };
    const paramsText = '{"name":"t","arguments":{}}';
    const answer = await relay(scriptedModern, asking(got), { paramsText }, { onRequest });
    expect(answer.resultType).toBe('complete');
    expect(asked).toEqual([['elicitation/create', wants.it.params]]);
    const responses = { it: { action: 'accept', content: { odd: [1] } } };
    expect(got[1]?.params).toMatchObject({ name: 't', inputResponses: responses, requestState: 's' });
    expect(got[0]?.id).not.toBe(got[1]?.id);
  });

  it('that wants input is left to who is behind the call, if wanted, and hears the answer in a later one', async () => {
    const got: RpcRequest[] = [];
    const script = asking(got);
    const first = await relay(scriptedModern, script, {}, { inputRequired: 'relay' });
    expect(first.resultType).toBe('input_required');
    expect(first.result()).toMatchObject({ inputRequests: wants, requestState: 's' });
    const input = { responses: { it: { action: 'decline' } }, state: 's' };
    const paramsText = '{"name":"t","arguments":{}}';
    const second = await relay(scriptedModern, script, { input, paramsText }, { inputRequired: 'relay' });
    expect(second.resultType).toBe('complete');
    expect(got[1]?.params).toMatchObject({ name: 't', inputResponses: input.responses, requestState: 's' });
  });
});
