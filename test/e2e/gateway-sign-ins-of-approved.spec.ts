import { eventually } from '../support/app.js';
import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { faultOf, type Message, questionOf, wordsOf } from '../support/gateway/said.js';
import { UnsignedServer } from './support/unsigned-server.js';

const URLS = { elicitation: { url: {} } };
const FORMS = { elicitation: { form: {} } };

let server: UnsignedServer;
beforeAll(async () => {
  server = await UnsignedServer.start();
}, 60_000);
beforeEach(async () => {
  await server.renew();
  await server.owner.call('PUT', `/servers/${server.id}`, { approval_policy: 'require_approval_all' });
});
afterEach(() => server.endRenewed());
afterAll(() => server.stop());

const argumentsOf = (label: string) => ({ label, text: 'x' });
const written = (label: string) => server.upstream.memory.count('write', label);
const linkOf = ({ result }: Message) =>
  (result?._meta as { 'switchyard/approval'?: { id: string } } | undefined)?.['switchyard/approval']?.id;
const idIn = (url: unknown) => String(url).split('/approvals/')[1] ?? 'none';

async function approve(id: string, more: object = {}): Promise<void> {
  const { status, text } = await server.owner.call('POST', `/approvals/${id}/decide`, { decision: 'approve', ...more });
  if (status !== 200) throw new Error(`${id} was not approved: ${text}`);
}
/** It was tried, and came to nothing. */
const untilTried = (id: string) =>
  eventually(
    () => server.owner.call<{ call: { status: string } }>('GET', `/approvals/${id}`),
    ({ body }) => body.call.status === 'finished',
  );
const waiting = async () =>
  (await server.owner.call<{ counts: { calls: number } }>('GET', '/approvals')).body.counts.calls;

describe('a call that was approved, and whose server nobody is signed in to,', () => {
  test('is made under that approval for a client of the newer era, at whichever process it comes back', async () => {
    for (const process of [server.app, server.other]) {
      const args = argumentsOf(`newer at ${process.url}`);
      const client = new ModernProgram(server.alone(), URLS);
      const asked = questionOf(await client.call('write', args));
      await approve(idIn(asked.asked?.params.url));
      const { asked: page, accept } = questionOf(await client.call('write', args, asked.accept()));
      expect([server.isPage(page?.params.url), written(args.label)]).toEqual([true, 0]);
      const calling = new ModernProgram(server.alone(process), URLS).call('write', args, accept());
      await server.signIn();
      expect((await calling).result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
      expect(await waiting()).toBe(0);
      await server.signOut();
    }
  });

  test('is made under that approval for a client of the older era, whose call stays open all the time', async () => {
    const client = await LegacyProgram.begin(server.alone(), {
      capabilities: URLS,
      answer: () => ({ action: 'accept' }),
    });
    const calling = client.call('write', argumentsOf('older'));
    const question = (index: number) =>
      eventually(
        () => client.heard.filter(({ method }) => method === 'elicitation/create')[index],
        (found) => found !== undefined,
      );
    await approve(idIn((await question(0))?.params?.url));
    expect(server.isPage((await question(1))?.params?.url)).toBe(true);
    await server.signIn();
    expect((await calling).result).toMatchObject({ structuredContent: { written: 'x', count: 1 } });
    expect([await waiting(), written('older')]).toEqual([0, 1]);
  });

  test.each([
    ['of the newer era', () => Promise.resolve(new ModernProgram(server.alone(), FORMS))],
    ['of the older era', () => LegacyProgram.begin(server.alone(), { capabilities: FORMS })],
  ])('is made by the same call of a client that opens no pages, %s, and counts once', async (era, connect) => {
    const client = await connect();
    const args = argumentsOf(`link ${era}`);
    const id = linkOf(await client.call('write', args)) ?? '';
    await approve(id);
    await untilTried(id);
    for (let time = 0; time < 2; time += 1) {
      const said = await client.call('write', args);
      expect([faultOf(said), server.isPage(wordsOf(said))]).toEqual(['UPSTREAM_SIGN_IN_NEEDED', true]);
    }
    await server.signIn();
    expect((await client.call('write', args)).result).toMatchObject({ structuredContent: { count: 1 } });
    expect(linkOf(await client.call('write', args))).toMatch(/^apr_/);
    expect(written(args.label)).toBe(1);
  });

  test('keeps its approval when its client declines to sign in', async () => {
    const client = new ModernProgram(server.alone(), URLS);
    const args = argumentsOf('declines');
    const asked = questionOf(await client.call('write', args));
    await approve(idIn(asked.asked?.params.url));
    const { decline } = questionOf(await client.call('write', args, asked.accept()));
    expect(faultOf(await client.call('write', args, decline()))).toBe('UPSTREAM_SIGN_IN_NEEDED');
    await server.signIn();
    expect((await client.call('write', args)).result).toMatchObject({ structuredContent: { count: 1 } });
  });

  test('is made once, however many ask for it at the same time when somebody has signed in', async () => {
    const args = argumentsOf('many');
    const client = new ModernProgram(server.alone(), FORMS);
    const id = linkOf(await client.call('write', args)) ?? '';
    await approve(id);
    await untilTried(id);
    await server.signIn();
    const all = await Promise.all(
      [server.app, server.other, server.app, server.other].map((process) =>
        new ModernProgram(server.alone(process), FORMS).call('write', args),
      ),
    );
    expect(all.some(({ result }) => result?.structuredContent !== undefined)).toBe(true);
    expect(written('many')).toBe(1);
  });

  test('lets no call with other arguments through', async () => {
    const client = new ModernProgram(server.alone(), FORMS);
    const id = linkOf(await client.call('write', argumentsOf('approved'))) ?? '';
    await approve(id);
    await untilTried(id);
    await server.signIn();
    const other = linkOf(await client.call('write', argumentsOf('another')));
    expect([other === id, other?.startsWith('apr_')]).toEqual([false, true]);
    expect((await client.call('write', argumentsOf('approved'))).result).toMatchObject({
      structuredContent: { count: 1 },
    });
    expect(written('another')).toBe(0);
  });

  test('has a line of its own in the log for what came of it in the end', async () => {
    const client = new ModernProgram(server.alone(), FORMS);
    const args = argumentsOf('logged');
    const id = linkOf(await client.call('write', args)) ?? '';
    await approve(id);
    await untilTried(id);
    await server.signIn();
    await client.call('write', args);
    const lines = await eventually(
      () =>
        server.owner.call<{ requests: { status: string; approval_id: string }[] }>(
          'GET',
          `/requests?server_id=${server.id}`,
        ),
      ({ body }) => body.requests.filter(({ approval_id }) => approval_id === id).length === 2,
    );
    const ofIt = lines.body.requests.filter(({ approval_id }) => approval_id === id);
    expect(ofIt.map(({ status }) => status).sort()).toEqual(['not_sent', 'succeeded']);
  });
});
