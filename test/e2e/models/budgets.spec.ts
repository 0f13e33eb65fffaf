import { startTestApp, type Person, type TestApp } from '../../support/app.js';
import { OPENAI, type VendorReply, type VendorServer } from '../../support/models/vendors.js';
import { TRANSPORTS } from '../../support/session-clients.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { ended, isError, said } from '../support/scene.js';

const KEY = 'a-key-of-tests';
const REPLY_TOKENS = 50;
const DAY_SECONDS = 86_400;

interface Usage {
  today: { replies: number; input_tokens: number; output_tokens: number; cost_usd: number };
  days: { model: string; replies: number }[];
  budgets: { scope: string; unit: string; limit: number; used: number; reserved: number; resets_at: string }[];
}

let openai: VendorServer;
let upstream: ScriptedUpstream;
let app: TestApp;

/** Each reply reads 40 tokens and writes 10: $0.05 at a thousand dollars per million. */
async function start(budgets: Record<string, string>): Promise<void> {
  [openai, upstream] = [await OPENAI.start(KEY), await startScriptedUpstream()];
  app = await startTestApp({
    ...OPENAI.settings(openai.url, KEY),
    LLM_MODELS: `openai:${OPENAI.model}?in=1000&out=1000`,
    ...budgets,
  });
}

async function stop(): Promise<void> {
  upstream.memory.release();
  await app.stop();
  await Promise.all([openai, upstream].map((server) => server.close()));
}

const usageOf = async (person: Person) => (await person.call<Usage>('GET', '/usage')).body;

describe.each(TRANSPORTS)('over $name', (transport) => {
  async function arrive() {
    const person = await app.signIn();
    const server = await app.addServer(person, upstream.url);
    const join = async (session?: string, by = person) => {
      const made = session ?? (await by.call<{ id: string }>('POST', '/sessions', { server_id: server.id })).body.id;
      const client = transport.connect(app.url, { serverId: server.id, token: by.token, session: made });
      await client.next('session_snapshot');
      return { client, session: made };
    };
    return { person, join };
  }

  describe('a budget of a session', () => {
    beforeAll(() => start({ BUDGET_SESSION_TOKENS: String(2 * REPLY_TOKENS) }));
    afterAll(stop);

    test('is for its life: a session that used it up gets no answer, another one does', async () => {
      const { join } = await arrive();
      const { client } = await join();
      openai.script(...['One.', 'Two.', 'Three.'].map((words) => OPENAI.replies.text(words)));
      for (const words of ['One.', 'Two.']) {
        client.send('chat_message', { text: 'Hello' });
        await client.next(said(words));
        await client.next(ended('done'));
      }
      const asked = openai.requests.length;
      client.send('chat_message', { text: 'Hello' });
      const { payload } = await client.next(isError('BUDGET_EXHAUSTED'));
      expect(payload).toMatchObject({
        message: expect.stringContaining('this session (100 tokens) is used up') as string,
        details: { scope: 'session', unit: 'tokens', limit: 100, used: 100, resets_at: null },
      });
      await client.next(ended('failed'));
      expect(openai.requests).toHaveLength(asked);

      const other = await join();
      other.client.send('chat_message', { text: 'Hello' });
      await other.client.next(said('Three.'));
    });
  });

  describe('a budget of a day', () => {
    beforeAll(() => start({ BUDGET_ORGANIZATION_USD: '0.09', BUDGET_DAY_TOKENS: '1000000' }));
    afterAll(stop);

    test('replies at the same time overrun it by one of them at most', async () => {
      const { person, join } = await arrive();
      const rooms = [await join(), await join(), await join(), await join()];
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      const held =
        (reply: VendorReply): VendorReply =>
        (response, body) =>
          void gate.then(() => reply(response, body));
      openai.script(held(OPENAI.replies.text('Me!')));
      const asked = openai.requests.length;
      for (const [index, { client }] of rooms.entries()) client.send('chat_message', { text: `I am room ${index}` });
      const sent = JSON.stringify((await openai.seen(asked + 1)).body);
      const first = rooms.findIndex((_room, index) => sent.includes(`I am room ${index}`));
      const others = rooms.filter((_room, index) => index !== first);
      const refusals = await Promise.all(others.map(({ client }) => client.next(isError('BUDGET_EXHAUSTED'))));
      expect(refusals[0]?.payload.message).toContain('reserved for replies under way');
      const [budget] = (await usageOf(person)).budgets;
      expect(budget).toMatchObject({ scope: 'organization', used: 0 });
      expect(budget?.reserved).toBeGreaterThan(0.09);
      release();
      await rooms[first]?.client.next(said('Me!'));
      expect(openai.requests).toHaveLength(asked + 1);
      expect((await usageOf(person)).today).toMatchObject({ replies: 1, cost_usd: 0.05 });
    });

    test('says when it starts anew; then the message is answered, and others were never bound', async () => {
      const { person, join } = await arrive();
      const { client, session } = await join();
      openai.script(...['One.', 'Two.', 'Three.', 'Four.'].map((words) => OPENAI.replies.text(words)));
      for (const words of ['One.', 'Two.']) {
        client.send('chat_message', { text: 'Hello' });
        await client.next(said(words));
        await client.next(ended('done'));
      }
      client.send('chat_message', { text: 'And three?' });
      const { payload } = await client.next(isError('BUDGET_EXHAUSTED'));
      const tomorrow = new Date(app.clock.now().getTime() + DAY_SECONDS * 1_000).toISOString().slice(0, 10);
      const resetsAt = `${tomorrow}T00:00:00.000Z`;
      expect(payload).toMatchObject({ retryable: true, details: { scope: 'organization', resets_at: resetsAt } });
      await client.next(ended('failed'));

      const { today, budgets, days } = await usageOf(person);
      expect(today).toMatchObject({ replies: 2, input_tokens: 80, output_tokens: 20, cost_usd: 0.1 });
      expect(days).toMatchObject([{ model: `openai:${OPENAI.model}`, replies: 2 }]);
      const [own] = budgets;
      expect(own).toMatchObject({ scope: 'organization', unit: 'usd', limit: 0.09, used: 0.1, resets_at: resetsAt });

      // Refused again while the day lasts, by the same words.
      client.send('retry_turn', {});
      await client.next(isError('BUDGET_EXHAUSTED'));
      await client.next(ended('failed'));
      const stranger = await arrive();
      const theirs = await stranger.join();
      theirs.client.send('chat_message', { text: 'Hello' });
      await theirs.client.next(said('Three.'));

      app.clock.forward(DAY_SECONDS);
      const later = await app.signIn(person.email);
      const again = await join(session, later);
      again.client.send('retry_turn', {});
      await again.client.next(said('Four.'));
      expect((await usageOf(later)).today).toMatchObject({ replies: 1 });
    });

    test('a reply that broke off is charged by what was said, one that never came is not', async () => {
      const { person, join } = await arrive();
      const { client } = await join();
      openai.script(
        OPENAI.replies.status(429, { retryAfterSeconds: 60 }),
        OPENAI.replies.cutAfter('I was about to say something'),
      );
      client.send('chat_message', { text: 'Hello' });
      await client.next(isError('MODEL_RATE_LIMITED'));
      await client.next(ended('failed'));
      const before = await usageOf(person);
      expect([before.today.replies, before.budgets[0]?.reserved]).toEqual([0, 0]);
      client.send('retry_turn', {});
      await client.next(isError('MODEL_CUT_OFF'));
      await client.next(ended('failed'));
      const { today } = await usageOf(person);
      expect(today).toMatchObject({ replies: 1, output_tokens: 7 });
      expect(today.input_tokens).toBeGreaterThan(0);
    });
  });
});
