import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { ModelFailure } from '../../../core/agent/language-model.port.js';
import { ask } from '../../../../test/support/gemini/model-requests.js';
import {
  calls,
  cutAfter,
  endWithoutFinish,
  errorAfter,
  events,
  finish,
  hang,
  malformed,
  raw,
  type Reply,
  safetyBlock,
  status,
  text,
} from '../../../../test/support/gemini/replies.js';
import { type ScriptedGemini, startScriptedGemini } from '../../../../test/support/gemini/scripted-gemini.js';
import { GeminiLanguageModel, type GeminiSettings } from './gemini-language-model.js';

const KEY = 'AIza-secret-of-the-test';
/** For tests in which no other deadline may help. */
const never = new AbortController().signal;
let gemini: ScriptedGemini;

beforeEach(async () => {
  gemini = await startScriptedGemini({ apiKey: KEY });
});
afterEach(() => gemini.close());

const open = (settings: Partial<GeminiSettings> = {}): GeminiLanguageModel =>
  new GeminiLanguageModel({
    apiKey: KEY,
    baseUrl: gemini.url,
    model: 'gemini-x',
    contextTokens: 1_000,
    ...settings,
    timing: { retryDelaysMs: [0, 0], ...settings.timing },
  });

async function failureOf(asked: Promise<unknown>): Promise<ModelFailure> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ModelFailure)) throw new Error(`not a ModelFailure: ${inspect(error)}`);
  return error;
}

test.each<[string, Reply[], string, boolean, RegExp]>([
  ['the limit is reached', Array<Reply>(3).fill(status(429)), 'MODEL_RATE_LIMITED', true, /limit/],
  ['it is overloaded', Array<Reply>(3).fill(status(503)), 'MODEL_UNAVAILABLE', true, /overloaded/],
  ['it fails inside', [status(500)], 'MODEL_UNAVAILABLE', true, /out of service/],
  ['it ran out of time', [status(504)], 'MODEL_TIMEOUT', true, /too long/],
  ['the model is unknown', [status(404)], 'MODEL_UNAVAILABLE', false, /gemini-x/],
  ['the key may not', [status(403)], 'MODEL_KEY_REJECTED', false, /API key/],
  ['the key is unknown', [status(401)], 'MODEL_KEY_REJECTED', false, /API key/],
  ['the prompt is blocked', [safetyBlock()], 'MODEL_REFUSED', false, /safety/],
  ['there is no candidate', [events({ candidates: [] })], 'MODEL_REFUSED', false, /declined/],
  ['the answer is stopped for safety', [finish('SAFETY')], 'MODEL_REFUSED', false, /safety/],
  ['the answer is a recitation', [finish('RECITATION', 'We')], 'MODEL_REFUSED', false, /published/],
  ['the connection breaks before words', [cutAfter()], 'MODEL_CUT_OFF', true, /middle/],
  ['the connection breaks after words', [cutAfter('Half ')], 'MODEL_CUT_OFF', true, /middle/],
  ['the stream ends without a finish', [endWithoutFinish('Half ')], 'MODEL_CUT_OFF', true, /middle/],
  ['the stream ends at once', [events()], 'MODEL_CUT_OFF', true, /middle/],
  ['the length is used up by thinking', [finish('MAX_TOKENS')], 'MODEL_CUT_OFF', true, /length/],
  ['an event is no JSON', [malformed()], 'MODEL_BAD_REPLY', true, /read/],
  ['a page comes', [raw(200, { 'content-type': 'text/html' }, '<h1>hi</h1>')], 'MODEL_BAD_REPLY', true, /read/],
  [
    'a broken error page comes',
    [raw(502, { 'content-type': 'application/json' }, '<h')],
    'MODEL_UNAVAILABLE',
    true,
    /out of/,
  ],
  ['an error comes after words', [errorAfter(['Half '], 503)], 'MODEL_UNAVAILABLE', true, /overloaded/],
  [
    'the conversation is too long',
    [status(400, { message: 'The input token count (9) exceeds the maximum' })],
    'MODEL_REFUSED',
    false,
    /too long/,
  ],
])('when %s, the failure says so', async (_when, replies, code, retryable, words) => {
  gemini.script(...replies);
  const failure = await failureOf(ask(open()));
  expect(failure).toMatchObject({ code, retryable });
  expect(failure.message).toMatch(words);
  expect(gemini.requests).toHaveLength(replies.length);
});

test('a wrong key is told in plain words, and neither the key nor the raw page is in the error', async () => {
  const failure = await failureOf(ask(open({ apiKey: 'wrong-key-1234' })));
  expect(failure).toMatchObject({ code: 'MODEL_KEY_REJECTED', retryable: false });
  expect(inspect(failure, { depth: 10 })).not.toContain('wrong-key-1234');
});

test('a key that the provider repeats is taken out of the error', async () => {
  gemini.script(status(400, { message: `bad value near ${KEY}` }));
  expect(inspect(await failureOf(ask(open())), { depth: 10 })).not.toContain(KEY);
});

test('a tool whose schema is refused is named', async () => {
  const message =
    '* GenerateContentRequest.tools[0].function_declarations[1].parameters.properties[x].type: unknown type';
  gemini.script(status(400, { message }));
  const failure = await failureOf(ask(open()));
  expect(failure).toMatchObject({ code: 'MODEL_REFUSED', retryable: false });
  expect(failure.message).toMatch(/definition of the tool “report_write” of Demo/);
});

test('nobody listening is MODEL_UNAVAILABLE', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => taken.close(resolve));
  const failure = await failureOf(ask(open({ baseUrl: `http://127.0.0.1:${port}` })));
  expect(failure).toMatchObject({ code: 'MODEL_UNAVAILABLE', retryable: true });
  expect(failure.cause).toMatchObject({ message: 'ECONNREFUSED' });
});

test('a redirect is not followed, as it would carry the key elsewhere', async () => {
  const elsewhere = await startScriptedGemini({ apiKey: KEY });
  const location = `${elsewhere.url}/v1beta/models/gemini-x:streamGenerateContent?alt=sse`;
  gemini.script(raw(307, { location }, ''));
  await expect(ask(open()).finally(() => elsewhere.close())).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  expect(elsewhere.requests).toHaveLength(0);
});

test('an answer given up in the middle does not keep its connection', async () => {
  gemini.script((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"candidates": [{"content": \r\n\r\n');
  });
  const failure = await failureOf(ask(open(), {}, never));
  expect(failure.code).toBe('MODEL_BAD_REPLY');
  expect(await (await gemini.seen(1)).closed).toBe('by client');
});

describe('trying again', () => {
  test('happens at most twice for 429 and 503, and then succeeds', async () => {
    gemini.script(status(429), status(503), text('At last.'));
    expect((await ask(open())).reply.text).toBe('At last.');
    expect(gemini.requests).toHaveLength(3);
  });

  test('waits as long as Retry-After says', async () => {
    gemini.script(status(429, { retryAfterSeconds: 0 }), text('Now.'));
    expect((await ask(open({ timing: { retryDelaysMs: [60_000] } }))).reply.text).toBe('Now.');
  });

  test.each([
    ['header', { retryAfterSeconds: 37 }],
    ['body', { retryDelay: '36.5s' }],
  ])('does not happen when the %s asks for a long wait, which is told', async (_where, options) => {
    gemini.script(status(429, options));
    const failure = await failureOf(ask(open()));
    expect(failure.message).toMatch(/Try again in 37 s/);
    expect(gemini.requests).toHaveLength(1);
  });

  test('never happens after the first words', async () => {
    gemini.script(errorAfter(['Half '], 503), text('Whole.'));
    await failureOf(ask(open()));
    expect(gemini.requests).toHaveLength(1);
  });

  test('ends at once when the caller aborts during the wait', async () => {
    const caller = new AbortController();
    const reason = new Error('stopped by the user');
    gemini.script(status(503));
    const asked = ask(open({ timing: { retryDelaysMs: [600_000], longestRetryAfterMs: 900_000 } }), {}, caller.signal);
    await (
      await gemini.seen(1)
    ).closed;
    caller.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});

describe('waiting', () => {
  test('for the first chunk has a deadline', async () => {
    gemini.script(hang());
    const failure = await failureOf(ask(open({ timing: { firstChunkMs: 50 } }), {}, never));
    expect(failure).toMatchObject({ code: 'MODEL_TIMEOUT', retryable: true });
    expect(await (await gemini.seen(1)).closed).toBe('by client');
  });

  test('between chunks has a deadline', async () => {
    gemini.script(hang('Half '));
    const failure = await failureOf(ask(open({ timing: { idleMs: 50 } }), {}, never));
    expect(failure.code).toBe('MODEL_TIMEOUT');
    expect(await (await gemini.seen(1)).closed).toBe('by client');
  });

  test('as a whole ends with a signal that times out', async () => {
    gemini.script(hang('Half '));
    const failure = await failureOf(ask(open(), {}, AbortSignal.timeout(100)));
    expect(failure.code).toBe('MODEL_TIMEOUT');
  });

  test('ends when the caller aborts, and the connection is really closed', async () => {
    const caller = new AbortController();
    const reason = new Error('stopped by the user');
    gemini.script(hang('Half '));
    const asked = open().respond(
      {
        history: [{ role: 'user', text: 'hi' }],
        tools: [],
        wordsOnly: false,
        limits: { maxNodes: 1, maxOutputTokens: 9 },
        now: new Date(0),
      },
      { signal: caller.signal, onDelta: () => caller.abort(reason) },
    );
    await expect(asked).rejects.toBe(reason);
    expect(await (await gemini.seen(1)).closed).toBe('by client');
  });

  test('does not begin for a signal that is already aborted', async () => {
    const reason = new Error('too late');
    await expect(ask(open(), {}, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(gemini.requests).toHaveLength(0);
  });
});

test('an answer without end is given up', async () => {
  const filler = 'x'.repeat(1024 * 1024);
  gemini.script(text(...Array<string>(9).fill(filler)));
  const failure = await failureOf(ask(open()));
  expect(failure.code).toBe('MODEL_BAD_REPLY');
});

test('the SDK prints nothing, and a logged model does not show the key', async () => {
  const print = jest.spyOn(console, 'warn');
  const model = open();
  gemini.script(calls([{ name: 'users.query', args: {} }], 'Hi.'));
  await ask(model);
  expect(print).not.toHaveBeenCalled();
  print.mockRestore();
  expect(inspect(model, { depth: 20, showHidden: true })).not.toContain(KEY);
});
