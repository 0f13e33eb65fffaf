import { inspect } from 'node:util';
import { type LanguageModel, ModelFailure, type NodeOutcome } from '../../../core/agent/language-model.port.js';
import { aRequest, ask } from '../../../../test/support/gemini/model-requests.js';
import { type Replies, type VendorReply, VENDORS, type VendorServer } from '../../../../test/support/models/vendors.js';

const KEY = 'sk-secret-of-the-test';
const never = new AbortController().signal;

const outcome = (tool: string, more: Partial<NodeOutcome> = {}): NodeOutcome => ({
  nodeId: `node_${tool}`,
  tool,
  title: tool,
  status: 'succeeded',
  arguments: {},
  text: 'ok',
  artifacts: [],
  ...more,
});

async function failureOf(asked: Promise<unknown>): Promise<ModelFailure> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ModelFailure)) throw new Error(`not a ModelFailure: ${inspect(error)}`);
  return error;
}

describe.each(VENDORS)('a model of $name', (vendor) => {
  const { text, calls, plan } = vendor.replies;
  let server: VendorServer;
  let model: LanguageModel;

  beforeEach(async () => {
    server = await vendor.start(KEY);
    model = vendor.open(server.url, KEY, { retryDelaysMs: [0, 0] });
  });
  afterEach(() => server.close());

  test('says words as they come, and counts them', async () => {
    server.script(text('Good ', 'morning', '.'));
    const { reply, deltas } = await ask(model);
    expect(reply).toEqual({ text: 'Good morning.', nodes: [], usage: { inputTokens: 40, outputTokens: 10 } });
    expect(deltas).toEqual(['Good ', 'morning', '.']);
  });

  test('proposes parallel calls, and a tool whose name is not legal is found again', async () => {
    server.script((response, body) => {
      const names = JSON.stringify(body).match(/users[._]query[_0-9a-f]*/g) ?? [];
      calls([
        { name: names[0] ?? '', args: { q: 'a' } },
        { name: 'report_write', args: { q: 'b' } },
      ])(response, body);
    });
    const { reply } = await ask(model);
    expect(reply.nodes).toMatchObject([
      { key: 'call_1', tool: 'users.query', serverId: 'mcp_1', arguments: { q: 'a' }, dependsOn: [] },
      { key: 'call_2', tool: 'report_write', arguments: { q: 'b' } },
    ]);
  });

  test('reads results after its own calls, also when the state was stored', async () => {
    server.script(plan([{ key: 'a', tool: 'report_write', arguments: { q: 'x' } }], 'One step.'), text('Done.'));
    const first = await ask(model);
    expect(first.reply.text).toBe('One step.');
    const stored = JSON.parse(JSON.stringify(first.reply.providerState)) as unknown;
    const agent = { role: 'agent' as const, ...first.reply, providerState: stored };
    const outcomes = [outcome('report_write', { text: 'written', arguments: { q: 'x' } })];
    const second = await ask(model, { history: [...aRequest().history, agent, { role: 'results', outcomes }] });
    expect(second.reply.text).toBe('Done.');
    const sent = JSON.stringify((await server.seen(2)).body);
    expect(sent).toContain('written');
    expect(sent).toContain('never instructions');
  });

  test('hands a call that cannot be used back once, with what is wrong', async () => {
    server.script(
      plan([{ key: 'a', tool: 'no_such' }], 'First.'),
      plan([{ key: 'a', tool: 'report_write' }], 'Second.'),
    );
    const { reply, deltas } = await ask(model);
    expect(reply.nodes.map(({ tool }) => tool)).toEqual(['report_write']);
    expect(deltas.join('')).toBe('First.\n\nSecond.');
    expect(reply.usage).toEqual({ inputTokens: 80, outputTokens: 20 });
    expect(JSON.stringify((await server.seen(2)).body)).toContain('could not use this call');

    server.script(text('Done.'));
    const history = [...aRequest().history, { role: 'agent' as const, ...reply }];
    await ask(model, { history: [...history, { role: 'results', outcomes: [outcome('report_write')] }] });
    expect(JSON.stringify((await server.seen(3)).body)).toContain('no_such');
  });

  test('never reads the state of another vendor', async () => {
    const providerState = {
      provider: 'elsewhere',
      model: model.name,
      exchanges: [{ kind: 'own', messages: [{ role: 'assistant', content: 'HIDDEN', parts: [] }] }],
      calls: [],
    };
    server.script(text('Well.'));
    const agent = { role: 'agent' as const, text: 'spoken elsewhere', nodes: [], providerState };
    await ask(model, { history: [...aRequest().history, agent, { role: 'user', text: 'and?' }] });
    const sent = JSON.stringify((await server.seen(1)).body);
    expect(sent).toContain('spoken elsewhere');
    expect(sent).not.toContain('HIDDEN');
  });

  test('that reaches its length says so', async () => {
    server.script(vendor.replies.lengthReached('A long'));
    expect((await ask(model)).reply.text).toMatch(/^A long\n\n\(The answer reached its length limit/);
    server.script(vendor.replies.lengthReached(''));
    expect(await failureOf(ask(model))).toMatchObject({ code: 'MODEL_CUT_OFF' });
  });

  const FAILURES: [string, (replies: Replies) => VendorReply[], string, boolean, RegExp][] = [
    ['over the limit', ({ status }) => [status(429), status(429), status(429)], 'MODEL_RATE_LIMITED', true, /limit/],
    ['failing inside', ({ status }) => [status(500)], 'MODEL_UNAVAILABLE', true, /out of service/],
    ['out of time', ({ status }) => [status(504)], 'MODEL_TIMEOUT', true, /too long/],
    ['without that model', ({ status }) => [status(404)], 'MODEL_UNAVAILABLE', false, new RegExp(vendor.model)],
    ['refusing the key', ({ status }) => [status(401)], 'MODEL_KEY_REJECTED', false, /API key/],
    ['sending no JSON', ({ malformed }) => [malformed()], 'MODEL_BAD_REPLY', true, /could not be read/],
    ['cut in the middle', ({ cutAfter }) => [cutAfter('I was ')], 'MODEL_CUT_OFF', true, /broke in the middle/],
    ['failing in the middle', ({ errorAfter }) => [errorAfter(['I was '], 500)], 'MODEL_UNAVAILABLE', true, /service/],
    ['declining', ({ declined }) => [declined()], 'MODEL_REFUSED', false, /declined to answer because of its/],
    [
      'given too much',
      ({ status }) => [status(400, { message: "This model's maximum context length is 4096 tokens." })],
      'MODEL_REFUSED',
      false,
      /too long for the model/,
    ],
  ];
  test.each(FAILURES)('that is %s says so in plain words', async (_what, replies, code, retryable, says) => {
    server.script(...replies(vendor.replies));
    const failure = await failureOf(ask(model));
    expect(failure).toMatchObject({ code, retryable, message: expect.stringMatching(says) as string });
    expect(inspect(failure, { depth: 9 })).not.toContain(KEY);
  });

  test('is asked again when it was only busy, after the wait that it wants', async () => {
    server.script(vendor.replies.status(503, { retryAfterSeconds: 0 }), text('Now.'));
    expect((await ask(model)).reply.text).toBe('Now.');
    server.script(vendor.replies.status(429, { retryAfterSeconds: 60 }));
    const failure = await failureOf(ask(model));
    expect(failure).toMatchObject({ code: 'MODEL_RATE_LIMITED', retryAfterMs: 60_000 });
    expect(failure.message).toContain('60 s');
  });

  test('that falls silent is given up, and its connection with it', async () => {
    const impatient = vendor.open(server.url, KEY, { firstChunkMs: 150, idleMs: 150 });
    server.script(vendor.replies.hang('One moment'), vendor.replies.hang());
    expect(await failureOf(ask(impatient, {}, never))).toMatchObject({ code: 'MODEL_TIMEOUT' });
    expect(await (await server.seen(1)).closed).toBe('by client');
    expect(await failureOf(ask(impatient, {}, never))).toMatchObject({ code: 'MODEL_TIMEOUT' });
  });

  test('that is stopped throws the reason and lets the connection go', async () => {
    const stop = new AbortController();
    server.script(vendor.replies.hang('One moment'));
    const asked = ask(model, {}, stop.signal);
    const { closed } = await server.seen(1);
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    expect(await closed).toBe('by client');
  });

  test('that nobody serves cannot be reached', async () => {
    const { url } = server;
    await server.close();
    const failure = await failureOf(ask(vendor.open(url, KEY)));
    expect(failure).toMatchObject({ code: 'MODEL_UNAVAILABLE', message: expect.stringContaining('reached') as string });
    server = await vendor.start(KEY);
  });
});
