import { FORM_QUESTION, startChattyLegacy, type ChattyServer } from '../../test-support/chatty-servers.js';
import { targetAt, testBench } from '../../test-support/targets.js';
import type { RelayedAnswer, RelayOptions, UpstreamPool } from '../index.js';

const bench = testBench();
let server: ChattyServer;
let pool: UpstreamPool;

beforeEach(async () => {
  server = await startChattyLegacy('streamable_http');
  pool = bench.pool();
});
afterEach(async () => {
  await pool.close();
  await server.close();
});
afterAll(() => bench.close());

const call = (name: string, options: RelayOptions = {}) =>
  pool.withSession(targetAt(server.url), {}, (session) =>
    session.relay({ method: 'tools/call', params: { name, arguments: {} } }, options),
  );
const textOf = (answer: RelayedAnswer) => (answer.result() as { content: { text: string }[] }).content[0]?.text;

/** Somebody to be asked, whose answer a test gives. */
function person(name: string) {
  let hear: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    hear = resolve;
  });
  let say: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    say = resolve;
  });
  const questions: unknown[] = [];
  const onRequest: RelayOptions['onRequest'] = async (method, params) => {
    questions.push([method, params]);
    hear();
    await answered;
    return { action: 'accept', content: { name } };
  };
  return { asked, say, questions, options: { onRequest } };
}

describe('relayed calls of one account, on a legacy server that asks beside their streams', () => {
  it('share a session, and the only one is asked', async () => {
    const ada = person('Ada');
    ada.say();
    const answer = await call('beside', ada.options);
    expect(textOf(answer)).toContain('Ada');
    expect(ada.questions).toEqual([['elicitation/create', expect.objectContaining(FORM_QUESTION)]]);
    expect(server.sessions()).toBe(1);
  });

  it('are not asked what could be of another, and from then on have a session each', async () => {
    const [ada, grace, alan] = [person('Ada'), person('Grace'), person('Alan')];
    const first = call('beside', ada.options);
    await ada.asked;
    // Whose this is cannot be told.
    expect(textOf(await call('beside', grace.options))).toContain('cancel');
    expect(grace.questions).toEqual([]);
    expect(server.sessions()).toBe(1);
    const [third, fourth] = [call('beside', alan.options), call('beside', grace.options)];
    await Promise.all([alan.asked, grace.asked]);
    expect(server.sessions()).toBe(3);
    for (const { say } of [ada, alan, grace]) say();
    const texts = (await Promise.all([first, third, fourth])).map(textOf);
    expect(texts.map((text) => /Ada|Alan|Grace/.exec(text ?? '')?.[0])).toEqual(['Ada', 'Alan', 'Grace']);
  });

  it('do not hear what somebody is asked who cannot answer', async () => {
    const ada = person('Ada');
    const attended = call('form', ada.options);
    await ada.asked;
    expect(textOf(await call('beside'))).toContain('cancel');
    expect(ada.questions).toHaveLength(1);
    ada.say();
    expect(textOf(await attended)).toContain('Ada');
  });

  it('are not asked what could be of one that was given up', async () => {
    const [ada, grace] = [person('Ada'), person('Grace')];
    const controller = new AbortController();
    const given = call('beside', { ...ada.options, signal: controller.signal });
    await ada.asked;
    controller.abort();
    await expect(given).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED' });
    expect(textOf(await call('beside', grace.options))).toContain('cancel');
    expect(grace.questions).toEqual([]);
  });

  it('share a session on as long as all questions come on the streams of their calls', async () => {
    const people = ['Ada', 'Grace', 'Alan'].map((name) => ({ name, ...person(name) }));
    const calls = people.map(({ options }) => call('form', options));
    await Promise.all(people.map(({ asked }) => asked));
    for (const { say } of people) say();
    const texts = (await Promise.all(calls)).map(textOf);
    expect(texts.map((text, at) => text?.includes(people[at]?.name ?? '?'))).toEqual([true, true, true]);
    expect(server.sessions()).toBe(1);
  });
});

describe('logs of relayed calls that share a session', () => {
  it('are asked for from the lowest level on that anybody wants, and heard from the own one on', async () => {
    const heard: Record<string, unknown[]> = { error: [], debug: [], info: [] };
    for (const logLevel of ['error', 'debug', 'info']) {
      await call('talk', { logLevel, onLog: ({ data }) => heard[logLevel]?.push(data) });
    }
    const levels = Object.values(heard).map((data) => [...new Set(data)]);
    expect(levels).toEqual([['error'], ['debug', 'info', 'error'], ['info', 'error']]);
    expect(server.sessions()).toBe(1);
  });
});
