import { Database } from '../../../src/platform/database/database.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { ANTHROPIC, GEMINI, OPENAI, type VendorServer } from '../../support/models/vendors.js';
import { TRANSPORTS } from '../../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { ended, isError, said } from '../support/scene.js';

const KEY = 'a-key-of-tests';
const GEMINI_ID = `gemini:${GEMINI.model}`;
const OPENAI_ID = `openai:${OPENAI.model}`;

let gemini: VendorServer;
let openai: VendorServer;
let anthropic: VendorServer;
let upstream: ScriptedUpstream;
let app: TestApp;

beforeAll(async () => {
  [gemini, openai, anthropic] = [await GEMINI.start(KEY), await OPENAI.start(KEY), await ANTHROPIC.start(KEY)];
  upstream = await startScriptedUpstream();
  app = await startTestApp({
    ...GEMINI.settings(gemini.url, KEY),
    ...OPENAI.settings(openai.url, KEY),
    ...ANTHROPIC.settings(anthropic.url, KEY),
    LLM_FALLBACK: `${OPENAI_ID},offline`,
  });
});
afterAll(async () => {
  upstream.memory.release();
  await app.stop();
  await Promise.all([gemini, openai, anthropic, upstream].map((server) => server.close()));
});

interface Model {
  id: string;
  default: boolean;
  available: boolean;
  unavailable_reason: string | null;
}

describe.each(TRANSPORTS)('over $name', (transport) => {
  async function join() {
    const person = await app.signIn();
    const server = await app.addServer(person, upstream.url);
    const made = await person.call<{ id: string; model: string }>('POST', '/sessions', { server_id: server.id });
    const session = made.body.id;
    const connect = () => transport.connect(app.url, { serverId: server.id, token: person.token, session });
    const client = connect();
    await client.next('session_snapshot');
    return { client, connect, person, server, session };
  }

  test('every model is listed, the default first and the planner last', async () => {
    const { person } = await join();
    const { body } = await person.call<{ models: Model[]; fallback: string[] }>('GET', '/models');
    expect(body.models.map(({ id }) => id)).toEqual([GEMINI_ID, OPENAI_ID, `anthropic:${ANTHROPIC.model}`, 'offline']);
    expect(body.models[0]).toMatchObject({ default: true, available: true, price: { input: 0.3, output: 2.5 } });
    expect(body.fallback).toEqual([OPENAI_ID, 'offline']);
    expect(JSON.stringify(body)).not.toContain(KEY);
  });

  test('another model answers the next message, every client is told, and no state crosses over', async () => {
    const { client, connect, person, session } = await join();
    const other = connect();
    await other.next('session_snapshot');
    gemini.script(GEMINI.replies.calls([{ name: 'read', args: { label: 'x' } }], 'Gemini reads.'));
    client.send('chat_message', { text: 'Read' });
    const { payload } = await client.next('task_graph_proposal');
    openai.script(OPENAI.replies.text('OpenAI answers.'));

    const changed = await person.call<{ model: string }>('PATCH', `/sessions/${session}`, { model: OPENAI.model });
    expect([changed.status, changed.body.model]).toEqual([200, OPENAI_ID]);
    for (const each of [client, other]) {
      const told = await each.seen(({ type, payload: { model } }) => type === 'session_updated' && model === OPENAI_ID);
      expect(told.payload.model_name).toBe(OPENAI.model);
      await each.seen(({ type, payload: { model } }) => type === 'connection_status' && model === OPENAI.model);
    }

    const before = openai.requests.length;
    client.send('approve_all', { plan_id: String(payload.plan_id) });
    await client.next(said('OpenAI answers.'));
    const sent = JSON.stringify((await openai.seen(before + 1)).body);
    expect(sent).toContain('Gemini reads.');
    expect(sent).not.toContain('thoughtSignature');
  });

  test('a model that is not offered is refused; null is the default again', async () => {
    const { person, session, server } = await join();
    const refused = await person.call<{ code: string }>('PATCH', `/sessions/${session}`, { model: 'gpt-1' });
    expect([refused.status, refused.body.code]).toEqual([400, 'MODEL_NOT_OFFERED']);
    expect((await person.call('PATCH', `/sessions/${session}`, {})).status).toBe(400);
    const made = await person.call<{ id: string; model: string }>('POST', '/sessions', {
      server_id: server.id,
      model: 'offline',
    });
    expect(made.body.model).toBe('offline');
    const back = await person.call<{ model: string }>('PATCH', `/sessions/${made.body.id}`, { model: null });
    expect(back.body.model).toBe(GEMINI_ID);
    const stranger = await app.signIn();
    expect((await stranger.call('PATCH', `/sessions/${session}`, { model: 'offline' })).status).toBe(404);
  });

  test('a model that is no longer offered gives way to the default, and that is said', async () => {
    const { client, session } = await join();
    await app.get(Database).sql("update sessions set model = 'openai:gone' where id = $1", [session]);
    gemini.script(GEMINI.replies.text('The default it is.'));
    client.send('chat_message', { text: 'Hello' });
    const told = await client.next(({ type, payload }) => type === 'session_updated' && payload.model === GEMINI_ID);
    expect(told.payload.model_name).toBe(GEMINI.model);
    const { payload } = await client.next('log_entry');
    expect(payload).toMatchObject({ level: 'warn', message: expect.stringContaining('openai:gone') as string });
    const answer = await client.next(said('The default it is.'));
    expect(answer.payload.model).toBe(GEMINI.model);
  });

  test('who only thinks until its length is used up is stood in for, and is asked again by everybody', async () => {
    const { client, person } = await join();
    gemini.script(GEMINI.replies.lengthReached(''));
    openai.script(OPENAI.replies.text('I make it short.'));
    client.send('chat_message', { text: 'Think hard' });
    const answer = await client.next(said('I make it short.'));
    expect(answer.payload.instead_of).toBe(GEMINI.model);
    const { body } = await person.call<{ models: Model[] }>('GET', '/models');
    expect(body.models[0]).toMatchObject({ available: true, unavailable_reason: null });
  });

  test('who cannot answer is stood in for, is left alone for a while, and comes back', async () => {
    const { client, person } = await join();
    gemini.script(GEMINI.replies.status(429, { retryAfterSeconds: 60 }));
    openai.script(OPENAI.replies.text('I stand in.'), OPENAI.replies.text('Still I.'));
    const asked = gemini.requests.length;
    client.send('chat_message', { text: 'Hello' });
    const answer = await client.next(said('I stand in.'));
    expect(answer.payload).toMatchObject({ model: OPENAI.model, instead_of: GEMINI.model });
    await client.seen(
      ({ type, payload }) => type === 'log_entry' && String(payload.message).includes('MODEL_RATE_LIMITED'),
    );
    client.send('chat_message', { text: 'And now?' });
    await client.next(said('Still I.'));
    expect(gemini.requests).toHaveLength(asked + 1);
    const { body } = await person.call<{ models: Model[] }>('GET', '/models');
    expect(body.models[0]).toMatchObject({ available: false, unavailable_reason: 'its limit is reached' });

    app.clock.forward(61);
    gemini.script(GEMINI.replies.text('Back again.'));
    const again = await join();
    again.client.send('chat_message', { text: 'Hello?' });
    const back = await again.client.next(said('Back again.'));
    expect(back.payload.instead_of).toBeUndefined();
  });

  test('words that were said stay: nobody stands in after them', async () => {
    const { client } = await join();
    const before = openai.requests.length;
    gemini.script(GEMINI.replies.cutAfter('I was about '));
    client.send('chat_message', { text: 'Hello' });
    await client.next(isError('MODEL_CUT_OFF'));
    await client.next(ended('failed'));
    expect(openai.requests).toHaveLength(before);
    app.clock.forward(400);
  });

  test('when none is left the planner answers, if it is in the order', async () => {
    const { client } = await join();
    gemini.script(GEMINI.replies.status(500));
    openai.script(OPENAI.replies.status(500));
    client.send('chat_message', { text: 'help' });
    const answer = await client.next(({ type, payload }) => type === 'chat_message' && payload.sender === 'AGENT');
    expect(answer.payload.model).toBe('offline-planner');
    app.clock.forward(400);
  });
});
