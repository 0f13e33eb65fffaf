import { type DemoHttp, startDemoHttp } from '../../../demo/http.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { calls, cutAfter, malformed, plan, type Reply, status, text } from '../../support/gemini/replies.js';
import { type ScriptedGemini, startScriptedGemini } from '../../support/gemini/scripted-gemini.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';
import { openSession, previewOf, sayAndApprove } from '../support/main-job.js';
import { type Socket } from '../support/socket.js';

const SECTION = 'Main job, with Gemini as the language model';
const KEY = 'a-key-of-tests';
const ECHO = calls([{ name: 'echo', args: { message: 'from the model' } }], 'I will ask the server.');

chapter('gemini', 'The main job with Gemini', (holds) => {
  let gemini: ScriptedGemini;
  let demo: DemoHttp;
  let app: TestApp;
  let client: Client;
  let socket: Socket;

  beforeAll(async () => {
    gemini = await startScriptedGemini({ apiKey: KEY });
    demo = await startDemoHttp({ port: 0 });
    app = await startTestApp({
      // Unset: a key is enough to choose Gemini.
      LLM_PROVIDER: '',
      LLM_MODEL: 'gemini-2.5-flash',
      GEMINI_API_KEY: KEY,
      GEMINI_BASE_URL: gemini.url,
    });
    client = new Client(app.url);
  });

  beforeEach(async () => {
    ({ socket } = await openSession(client, demo.url));
  });

  afterEach(async () => {
    await socket.close();
    gemini.script();
  });

  afterAll(async () => {
    await app.stop();
    await demo.close();
    await gemini.close();
  });

  holds(SECTION, 'connection_status names the model', async () => {
    const model = socket.frames.find(({ type }) => type === 'connection_status')?.payload.model;
    expect(model).toBe('gemini-2.5-flash');
  });

  holds(SECTION, 'an answer in words is streamed, then told whole', async () => {
    gemini.script(text('Good ', 'morning', '.'));
    socket.send('chat_message', { text: 'Hello' });
    const whole = await socket.message('chat_message', ({ sender }) => sender === 'AGENT');
    expect(whole.text).toBe('Good morning.');
    const deltas = socket.frames.filter(({ type }) => type === 'chat_delta').map(({ payload }) => payload.delta);
    expect(deltas.length).toBeGreaterThan(0);
    expect(deltas.join('')).toBe('Good morning.');
  });

  holds(SECTION, 'a function call becomes a task, its result goes back, the answer follows', async () => {
    gemini.script(ECHO, text('The server said: from the model.'));
    const [node] = await sayAndApprove(socket, 'Ask the server to echo something.');
    expect(await previewOf(socket, node?.id ?? '')).toContain('from the model');
    await socket.message('chat_message', ({ text: words }) => words === 'The server said: from the model.');
    const response = JSON.stringify(gemini.requests.at(-1)?.body.contents.at(-1));
    expect(response).toContain('functionResponse');
    expect(response).toContain('from the model');
  });

  holds(SECTION, 'a proposed plan becomes a graph with its dependencies', async () => {
    const echo = (key: string, depends_on: string[]) => ({
      key,
      tool: 'echo',
      arguments: { message: key },
      depends_on,
    });
    gemini.script(plan([echo('first', []), echo('second', ['first'])]), text('Both were echoed.'));
    const nodes = await sayAndApprove(socket, 'Echo twice, one after the other.');
    expect(nodes.map(({ depends_on = [] }) => depends_on)).toEqual([[], [nodes[0]?.id]]);
    await socket.message('chat_message', ({ text: words }) => words === 'Both were echoed.');
  });

  const FAILURES: { what: string; replies: Reply[]; code: string; says: RegExp }[] = [
    { what: 'a malformed reply', replies: [malformed()], code: 'MODEL_BAD_REPLY', says: /could not be read/ },
    {
      what: 'a 429',
      replies: [status(429, { retryDelay: '60s' })],
      code: 'MODEL_RATE_LIMITED',
      says: /limit of requests or tokens .* Try again in 60 s/,
    },
    {
      what: 'a cut stream',
      replies: [cutAfter('I was about to ')],
      code: 'MODEL_CUT_OFF',
      says: /broke in the middle/,
    },
  ];
  for (const { what, replies, code, says } of FAILURES) {
    holds(
      SECTION,
      `${what} is an error that says what happened; the message is kept, and retry_turn answers it`,
      async () => {
        gemini.script(...replies);
        socket.send('chat_message', { text: 'Are you there?' });
        const error = await socket.frame('error');
        expect(error).toMatchObject({ code, message: expect.stringMatching(says) as string, retryable: true });
        expect(await socket.frame('turn_finished')).toMatchObject({ outcome: 'failed' });

        gemini.script(text('Now I am.'));
        socket.send('retry_turn', {});
        await socket.message('chat_message', ({ text: words }) => words === 'Now I am.');
        const said = socket.frames.filter(({ type, payload }) => type === 'chat_message' && payload.sender === 'USER');
        expect(said).toHaveLength(1);
        expect(JSON.stringify(gemini.requests.at(-1)?.body.contents)).toContain('Are you there?');
      },
    );
  }
});
