import { eventually } from '../support/app.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { questionOf } from '../support/gateway/said.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import type { Said } from '../support/gateway/said.js';
import { UnsignedServer } from './support/unsigned-server.js';

const URLS = { elicitation: { url: {} } };
const FORMS = { elicitation: { form: {} } };

let server: UnsignedServer;
beforeAll(async () => {
  server = await UnsignedServer.start();
}, 60_000);
beforeEach(() => server.renew());
afterEach(() => server.endRenewed());
afterAll(() => server.stop());

/** What is asked for, there and among all servers, and whether it came. */
const READS = [
  [
    'a resource',
    'resources/read',
    () => ({ uri: 'scripted://linked' }),
    () => ({ uri: `${server.handle}+scripted://linked` }),
    ({ result }: Said) => (result?.contents as object[] | undefined)?.length === 1,
  ],
  [
    'a prompt',
    'prompts/get',
    () => ({ name: 'greet' }),
    () => ({ name: `${server.handle}__greet` }),
    ({ result }: Said) => (result?.messages as object[] | undefined)?.length === 1,
  ],
] as const;

describe.each(READS)('%s of a server that nobody is signed in to', (_what, method, alone, among, hasCome) => {
  test.each([
    ['of the newer era', (place: Place) => Promise.resolve(new ModernProgram(place, FORMS))],
    ['of the older era', (place: Place) => LegacyProgram.begin(place, { capabilities: FORMS })],
  ])('is refused with the link and the code to a client that opens no pages, %s', async (_era, connect) => {
    for (const [place, params] of [
      [server.alone(), alone()],
      [server.among(), among()],
    ] as const) {
      const { error } = await (await connect(place)).ask(method, params);
      expect(error).toMatchObject({ code: -32603, data: { code: 'UPSTREAM_SIGN_IN_NEEDED' } });
      expect(server.isPage(error?.data?.url)).toBe(true);
      expect(server.isPage(error?.message)).toBe(true);
    }
  });

  test('is read by a client of the older era when somebody has signed in on the page that it was sent to', async () => {
    for (const [place, params] of [
      [server.alone(), alone()],
      [server.among(), among()],
    ] as const) {
      const client = await LegacyProgram.begin(place, { capabilities: URLS });
      const reading = client.ask(method, params);
      const question = await eventually(
        () => client.heard.find((said) => said.method === 'elicitation/create'),
        (found) => found !== undefined,
      );
      expect(question?.params).toMatchObject({ mode: 'url', message: expect.stringMatching(/sign in/i) as unknown });
      expect(server.isPage(question?.params?.url)).toBe(true);
      await server.signIn();
      expect(hasCome(await reading)).toBe(true);
      const complete = client.heard.find((said) => said.method === 'notifications/elicitation/complete');
      expect(complete?.params).toEqual({ elicitationId: question?.params?.elicitationId });
      await server.signOut();
    }
  });

  test('is read by a client of the newer era that comes back to any process', async () => {
    for (const process of [server.app, server.other]) {
      for (const [at, params] of [
        ['alone', alone()],
        ['among', among()],
      ] as const) {
        const { asked, accept } = questionOf(await new ModernProgram(server[at](), URLS).ask(method, params));
        expect(asked).toMatchObject({ method: 'elicitation/create', params: { mode: 'url' } });
        expect(server.isPage(asked?.params.url)).toBe(true);
        const reading = new ModernProgram(server[at](process), URLS).ask(method, { ...params, ...accept() });
        await server.signIn();
        expect(hasCome(await reading)).toBe(true);
        await server.signOut();
      }
    }
  });

  test('is refused with the link to a client of either era that declines', async () => {
    const older = await LegacyProgram.begin(server.alone(), {
      capabilities: URLS,
      answer: () => ({ action: 'decline' }),
    });
    const newer = new ModernProgram(server.alone(), URLS);
    const { decline } = questionOf(await newer.ask(method, alone()));
    for (const { error } of [await older.ask(method, alone()), await newer.ask(method, { ...alone(), ...decline() })]) {
      expect(error?.data?.code).toBe('UPSTREAM_SIGN_IN_NEEDED');
      expect(server.isPage(error?.data?.url)).toBe(true);
    }
  });
});

test('a completion and a list are refused with the link: their clients cannot be asked', async () => {
  const ref = { type: 'ref/prompt', name: 'greet' };
  const argument = { name: 'x', value: '' };
  const client = new ModernProgram(server.alone(), URLS);
  for (const { error } of [
    await client.ask('completion/complete', { ref, argument }),
    await client.ask('prompts/list'),
  ]) {
    expect(error?.data?.code).toBe('UPSTREAM_SIGN_IN_NEEDED');
    expect(server.isPage(error?.data?.url)).toBe(true);
  }
});

test('a prompt that a server does not have is not there once somebody has signed in', async () => {
  const params = { name: `${server.handle}__nothing` };
  const client = new ModernProgram(server.among(), URLS);
  const { accept } = questionOf(await client.ask('prompts/get', params));
  await server.signIn();
  const { error } = await client.ask('prompts/get', { ...params, ...accept() });
  expect(error).toMatchObject({ code: -32602, message: 'There is no such prompt.' });
});

type Place = ReturnType<UnsignedServer['alone']>;
