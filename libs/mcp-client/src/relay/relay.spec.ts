import {
  FORM_QUESTION,
  startChattyLegacy,
  startChattyModern,
  URL_QUESTION,
} from '../../test-support/chatty-servers.js';
import { startLegacyServer, startModernServer } from '../../test-support/servers.js';
import { targetAt, testBench } from '../../test-support/targets.js';
import { Deadline, RequestRefused, type RelayedAnswer, type RelayOptions, type UpstreamTarget } from '../index.js';

const bench = testBench();
afterAll(() => bench.close());

type Asked = [method: string, params: unknown];

const textOf = (answer: RelayedAnswer): string =>
  (answer.result() as { content: { text: string }[] }).content[0]?.text ?? '';

const SERVERS = [
  ['legacy', 'streamable_http', () => startChattyLegacy('streamable_http')],
  ['legacy', 'sse', () => startChattyLegacy('sse')],
  ['modern', 'streamable_http', startChattyModern],
] as const;

describe.each(SERVERS)('what is relayed to a %s server over %s', (era, transport, start) => {
  let server: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  const relay = (
    method: string,
    params: Record<string, unknown>,
    options: RelayOptions = {},
    rest: Partial<UpstreamTarget> = {},
  ) =>
    bench
      .pool()
      .withSession(targetAt(server.url, { transport, ...rest }), {}, (session) =>
        session.relay({ method, params, paramsText: JSON.stringify(params) }, options),
      );
  const call = (name: string, options: RelayOptions = {}, rest: Partial<UpstreamTarget> = {}) =>
    relay('tools/call', { name, arguments: {} }, options, rest);

  it.each([
    ['resources/read', { uri: 'note://one' }, { contents: [{ uri: 'note://one', text: 'one' }] }],
    ['prompts/get', { name: 'greet', arguments: { name: 'Ada' } }, { messages: [{ content: { text: 'Ada' } }] }],
    [
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'name', value: 'a' } },
      { completion: { values: ['ada', 'alan'] } },
    ],
  ])('is answered: %s', async (method, params, expected) => {
    const answer = await relay(method, params);
    expect(answer.result()).toMatchObject(expected);
    expect(JSON.parse(answer.text)).toEqual(answer.result());
    expect(answer).toMatchObject({ isError: false, resultType: era === 'modern' ? 'complete' : undefined });
  });

  it('says whether the tool failed', async () => {
    expect(await call('fail')).toMatchObject({ isError: true });
    expect(await call('talk')).toMatchObject({ isError: false });
  });

  it('is told an error in the words of the server', async () => {
    const failed = relay('prompts/get', { name: 'nobody' });
    await expect(failed).rejects.toMatchObject({ code: 'UPSTREAM_ERROR', rpc: { code: -32602 } });
  });

  it('hears progress as it came, with a token of ours', async () => {
    const heard: unknown[] = [];
    await call('talk', { onProgress: (params) => heard.push(params) });
    const progressToken = expect.stringMatching(/^call-\d+$/) as unknown;
    expect(heard).toEqual([{ progressToken, progress: 1, total: 2, message: 'half', more: [1] }]);
  });

  it('hears logs from the level on that it asks for', async () => {
    const heard: unknown[] = [];
    await call('talk', { onLog: ({ data }) => heard.push(data), logLevel: 'info' });
    expect([...new Set(heard)]).toEqual(['info', 'error']);
  });

  it('answers a form, which reaches it untouched', async () => {
    const asked: Asked[] = [];
    const onRequest: RelayOptions['onRequest'] = async (method, params) => {
      asked.push([method, params]);
      return { action: 'accept', content: { name: 'Grace' } };
    };
    const answer = await call('form', { onRequest });
    expect(JSON.parse(textOf(answer))).toMatchObject({ action: 'accept', content: { name: 'Grace' } });
    expect(asked).toEqual([['elicitation/create', expect.objectContaining(FORM_QUESTION)]]);
  });

  it('answers for a page elsewhere', async () => {
    const asked: Asked[] = [];
    const onRequest: RelayOptions['onRequest'] = async (...question) => {
      asked.push([question[0], question[1]]);
      return { action: 'decline' };
    };
    const answer = await call('url', { onRequest });
    expect(JSON.parse(textOf(answer))).toMatchObject({ action: 'decline' });
    expect(asked).toEqual([['elicitation/create', expect.objectContaining({ mode: 'url', url: URL_QUESTION.url })]]);
  });

  it('answers what a model says and which folders there are, where the target may ask', async () => {
    const roots = [{ uri: 'file:///home' }];
    const message = { role: 'assistant', content: { type: 'text', text: 'Hello' }, model: 'none' };
    const onRequest: RelayOptions['onRequest'] = async (method) => (method === 'roots/list' ? { roots } : message);
    const may = { sampling: true, roots: true };
    expect(JSON.parse(textOf(await call('sample', { onRequest }, may)))).toMatchObject(message);
    expect(JSON.parse(textOf(await call('roots', { onRequest }, may)))).toMatchObject({ roots });
  });

  it('does not let a target ask for that which may not', async () => {
    const onRequest = jest.fn(async () => ({}));
    for (const name of ['sample', 'roots']) {
      const answer = await call(name, { onRequest }).catch((error: unknown) => error);
      // The tool fails, or the server refuses to run it.
      expect(answer).toMatchObject(answer instanceof Error ? { name: 'UpstreamError' } : { isError: true });
    }
    expect(onRequest).not.toHaveBeenCalled();
  });

  it('tells the tool that nobody can be asked', async () => {
    const answer = await call('form').catch((error: unknown) => error);
    expect(answer).toMatchObject(answer instanceof Error ? { name: 'UpstreamError' } : { isError: true });
    expect(answer instanceof Error ? answer.message : textOf(answer as RelayedAnswer)).not.toContain('cancel');
  });

  it('tells the tool the error that the question was answered with', async () => {
    const onRequest = async () => {
      throw new RequestRefused(-32000, 'Not today.', { a: 1 });
    };
    const answer = await call('form', { onRequest });
    // A modern server hears no errors.
    if (era === 'modern') expect(textOf(answer)).toContain('cancel');
    else expect(textOf(answer)).toContain('Not today.');
  });

  it('stops the clock while a question is open', async () => {
    const timeoutMs = 300;
    const onRequest = async () => {
      const longer = new Deadline(timeoutMs * 1.5);
      await new Promise<void>((resolve) => longer.onEnd(resolve));
      return { action: 'decline' };
    };
    expect(textOf(await call('form', { timeoutMs, onRequest }))).toContain('decline');
  });

  it('withdraws the question when the call is given up', async () => {
    const controller = new AbortController();
    let withdrawn: (() => void) | undefined;
    const told = new Promise<void>((resolve) => {
      withdrawn = resolve;
    });
    const onRequest: RelayOptions['onRequest'] = (_method, _params, { signal }) => {
      signal.addEventListener('abort', () => withdrawn?.());
      controller.abort();
      return new Promise(() => undefined);
    };
    const given = call('form', { onRequest, signal: controller.signal });
    await expect(given).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED', requestSent: true });
    await told;
  });
});

describe.each([
  ['legacy', startLegacyServer],
  ['modern', startModernServer],
] as const)('a relayed call of a %s server that is given up', (_era, start) => {
  it('is cancelled at the server', async () => {
    const server = await start();
    const controller = new AbortController();
    const call = bench
      .pool()
      .withSession(targetAt(server.url), {}, (session) =>
        session.relay({ method: 'tools/call', params: { name: 'slow', arguments: {} } }, { signal: controller.signal }),
      );
    await server.slowStarted;
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED', requestSent: true });
    await server.slowAborted;
    await server.close();
  });
});
