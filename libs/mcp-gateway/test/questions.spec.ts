import { CODES, QuestionFailed } from '../src/index.js';
import { result, text } from './fixture-tools.js';
import { eventually, gate } from './gate.js';
import { modern, send } from './http.js';
import { call, startSession } from './legacy-session.js';
import { type Served, serve, shared } from './serve.js';

const FORM = {
  method: 'elicitation/create' as const,
  params: { message: 'Who?', requestedSchema: { type: 'object' } },
};

describe('a question in the modern era', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve();
  });
  afterEach(() => served.close());

  const ask = async (name = 'test_input_required_result_request_state', args: object = { a: { x: 1, y: 2 } }) =>
    (await send(served.url, modern('tools/call', { name, arguments: args }))).json.result ?? {};
  const answer = (more: object, headers = {}) => {
    const sent = modern('tools/call', { name: 'test_input_required_result_request_state', ...more });
    return send(served.url, { headers: { ...sent.headers, ...headers }, body: sent.body });
  };
  const inputResponses = { confirm: { action: 'accept', content: { ok: true } } };

  test('is an answer, and its state comes back to whoever asked', async () => {
    const { resultType, inputRequests, requestState } = await ask();
    expect(resultType).toBe('input_required');
    expect(Object.keys(inputRequests as object)).toEqual(['confirm']);
    expect(requestState).not.toContain('round');
    const again = await answer({ arguments: { a: { y: 2, x: 1 } }, inputResponses, requestState });
    expect(JSON.stringify(again.json.result)).toContain('state-ok');
  });

  test.each([
    ['of another request', { arguments: { a: 3 } }, {}],
    ['of somebody else', { arguments: { a: { x: 1, y: 2 } } }, { 'x-caller': 'eve' }],
  ])('does not take the state %s', async (_case, change, headers) => {
    const { requestState } = await ask();
    const { json } = await answer({ ...change, inputResponses, requestState }, headers);
    expect(json.error).toMatchObject({
      code: CODES.invalidParams,
      message: expect.stringContaining('another') as unknown,
    });
  });

  test('does not take a state that was changed, or is none', async () => {
    const { requestState } = await ask();
    for (const state of [`${String(requestState)}A`, 'x', 7, {}]) {
      const { json } = await answer({ arguments: { a: { x: 1, y: 2 } }, inputResponses, requestState: state });
      expect(json.error?.code).toBe(CODES.invalidParams);
    }
  });

  test('does not take a state that is too old', async () => {
    const brief = await serve({ stateLifetimeMs: -1 }, served.shared);
    const sent = modern('tools/call', { name: 'test_input_required_result_request_state', arguments: {} });
    const { requestState } = (await send(brief.url, sent)).json.result ?? {};
    await brief.close();
    const { json } = await answer({ arguments: {}, inputResponses, requestState });
    expect(json.error?.message).toContain('expired');
  });

  test('is not put to a client that did not say it can be asked', async () => {
    const meta = { _meta: { 'io.modelcontextprotocol/clientCapabilities': {} } };
    const sent = modern('tools/call', { name: 'test_input_required_result_elicitation', ...meta });
    const { status, json } = await send(served.url, sent);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({
      code: CODES.missingCapability,
      data: { requiredCapabilities: { elicitation: { form: {} } } },
    });
  });
});

describe('a question in the legacy era', () => {
  let served: Served;
  beforeEach(async () => {
    served = await serve();
  });
  afterEach(() => served.close());

  const askingTool = (timeoutMs?: number) => {
    const heard = gate<unknown>();
    served.backend.tools.asks = {
      description: 'Asks',
      run: async (_request, { ask }) => {
        heard.open(await ask?.(FORM, { timeoutMs }).catch((error: unknown) => error));
        return result(text('over'));
      },
    };
    return heard;
  };

  test('comes on the stream of its request, and its answer by another', async () => {
    const heard = askingTool();
    const session = await startSession(served.url, { capabilities: { elicitation: {} } });
    const stream = await session.stream(call('asks'));
    const question = await stream.nextMessage();
    expect(question).toMatchObject({ method: 'elicitation/create', params: { message: 'Who?' } });
    const sent = await session.post({ jsonrpc: '2.0', id: question?.id, result: { action: 'decline' } });
    expect(sent.status).toBe(202);
    expect(await heard.passed).toEqual({ action: 'decline' });
    expect((await stream.nextMessage())?.result).toBeDefined();
  });

  test('is not answered by another session', async () => {
    const heard = askingTool();
    const options = { capabilities: { elicitation: {} } };
    const [session, other] = [await startSession(served.url, options), await startSession(served.url, options)];
    const stream = await session.stream(call('asks'));
    const id = (await stream.nextMessage())?.id;
    expect((await other.post({ jsonrpc: '2.0', id, result: { action: 'accept' } })).status).toBe(202);
    await session.post({ jsonrpc: '2.0', id, error: { code: -1, message: 'No.' } });
    expect(await heard.passed).toMatchObject({ reason: 'refused', message: 'No.' });
  });

  test('is given up at its deadline, and the client is told', async () => {
    const heard = askingTool(20);
    const session = await startSession(served.url, { capabilities: { elicitation: {} } });
    const stream = await session.stream(call('asks'));
    const id = (await stream.nextMessage())?.id;
    expect(await heard.passed).toMatchObject({ reason: 'timeout' });
    expect(await stream.nextMessage()).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } });
  });

  test('ends with its request', async () => {
    const heard = askingTool();
    const session = await startSession(served.url, { capabilities: { elicitation: {} } });
    const stream = await session.stream(call('asks', {}, 'r'));
    await stream.nextMessage();
    await session.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'r' } });
    expect(await heard.passed).toMatchObject({ reason: 'interrupted' });
  });

  test('cannot be put to who does not know its kind', async () => {
    const heard = askingTool();
    const session = await startSession(served.url, { capabilities: { elicitation: { url: {} } } });
    await session.post(call('asks'));
    expect(await heard.passed).toBeInstanceOf(QuestionFailed);
    const deaf = await startSession(served.url);
    const { json } = await deaf.post(call('test_elicitation'));
    expect(json.error?.code).toBe(CODES.missingCapability);
  });

  test('goes to the process that asked, wherever its answer lands', async () => {
    const common = shared();
    const [one, two] = [await serve({}, common), await serve({}, common)];
    const session = await startSession(one.url, { capabilities: { elicitation: {} } });
    const stream = await session.stream(call('test_elicitation', { message: 'Hi' }));
    const id = (await stream.nextMessage())?.id;
    const elsewhere = await send(two.url, {
      headers: session.headers,
      body: { jsonrpc: '2.0', id, result: { action: 'accept', content: { username: 'ada' } } },
    });
    expect(elsewhere.status).toBe(202);
    expect(JSON.stringify(await stream.nextMessage())).toContain('ada');
    await eventually(() => one.endpoint.load.running === 0);
    await Promise.all([one.close(), two.close()]);
  });
});
