import { ParkedCalls } from '../../src/core/gateway/parked-calls.service.js';
import { Database } from '../../src/platform/database/database.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/gateway/keys.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { faultOf, type Said, wordsOf } from '../support/gateway/said.js';
import { type AskingUpstream, startAskingUpstream } from '../support/upstreams/asking-upstream.js';

const FORMS = { elicitation: { form: {} } };

let app: TestApp;
let other: TestApp;
let upstream: AskingUpstream;
let owner: Person;
let path: string;
let headers: Record<string, string>;

beforeAll(async () => {
  [app, upstream] = await Promise.all([startTestApp(), startAskingUpstream()]);
  other = await startTestApp({ DATABASE_URL: app.databaseUrl, ROLE: 'api' });
  owner = await app.signIn();
  const { id } = await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve' });
  path = `/mcp/s/${id}`;
  headers = (await makeKey(owner)).headers;
}, 60_000);
afterAll(async () => {
  await other.stop();
  await app.stop();
  await upstream.close();
});

const at = (process = app) => new ModernProgram({ url: `${process.url}${path}`, headers }, FORMS);

function questionOf({ result }: Said) {
  const requests = Object.entries((result?.inputRequests ?? {}) as Record<string, { params: { message: string } }>);
  const [key = '', question] = requests[0] ?? [];
  const back = (content: object, action = 'accept') => ({
    requestState: result?.requestState,
    inputResponses: { [key]: { action, content } },
  });
  return { said: question?.params.message, back, requestState: result?.requestState };
}

describe('a question in the middle of a call', () => {
  test('is taken away and answered; the call is one call', async () => {
    const args = { label: 'once' };
    const { said, back } = questionOf(await at().call('ask', args));
    expect(said).toBe('Question 1 of once');
    const told = await at().call('ask', args, back({ word: 'blue' }));
    expect(JSON.parse(wordsOf(told))).toEqual([{ action: 'accept', content: { word: 'blue' } }]);
    expect(upstream.calls('once')).toBe(1);
    expect(wordsOf(await at().call('ask', args, back({ word: 'again' })))).toBe(wordsOf(told));
  });

  test('is followed by a second one; an old answer to the first one does not answer it', async () => {
    const args = { label: 'twice', times: 2 };
    const first = questionOf(await at().call('ask', args));
    const second = questionOf(await at().call('ask', args, first.back({ word: 'one' })));
    expect(second.said).toBe('Question 2 of twice');
    const replayed = questionOf(await at().call('ask', args, first.back({ word: 'one again' })));
    expect(replayed.said).toBe('Question 2 of twice');
    const told = await at().call('ask', args, second.back({ word: 'two' }));
    expect(JSON.parse(wordsOf(told))).toMatchObject([{ content: { word: 'one' } }, { content: { word: 'two' } }]);
    expect(upstream.calls('twice')).toBe(1);
  });

  test('is answered at another process, each round', async () => {
    const args = { label: 'two processes', times: 2 };
    const first = questionOf(await at().call('ask', args));
    const second = questionOf(await at(other).call('ask', args, first.back({ word: 'one' })));
    expect(second.said).toBe('Question 2 of two processes');
    const told = await at(other).call('ask', args, second.back({ word: 'two' }));
    expect(JSON.parse(wordsOf(told))).toMatchObject([{ content: { word: 'one' } }, { content: { word: 'two' } }]);
    expect(upstream.calls('two processes')).toBe(1);
  });

  test('that is declined, the server hears so; without an answer it is asked again', async () => {
    const args = { label: 'declined' };
    const first = questionOf(await at().call('ask', args));
    const empty = await at().call('ask', args, { requestState: first.requestState, inputResponses: {} });
    const again = questionOf(empty);
    expect(again.said).toBe('Question 1 of declined');
    const told = await at().call('ask', args, again.back({}, 'decline'));
    expect(JSON.parse(wordsOf(told))).toMatchObject([{ action: 'decline' }]);
    expect(upstream.calls('declined')).toBe(1);
  });

  test('has no answer of those whose question it is not', async () => {
    const args = { label: 'mine' };
    const { back, requestState } = questionOf(await at().call('ask', args));
    const theirs = new ModernProgram({ url: `${app.url}${path}`, headers: (await makeKey(owner)).headers }, FORMS);
    const elsewhere = new ModernProgram({ url: `${app.url}/mcp`, headers }, FORMS);
    const refusals = [
      await theirs.call('ask', args, back({ word: 'stolen' })),
      await elsewhere.call('ask', args, back({ word: 'stolen' })),
      await at().call('ask', { label: 'another' }, back({ word: 'stolen' })),
      await at().call('ask', args, { ...back({}), requestState: `${String(requestState)}A` }),
      await at().call('ask', args, { ...back({}), requestState: 7 }),
    ];
    expect(refusals.map(({ error }) => error?.code)).toEqual(refusals.map(() => -32602));
    expect(wordsOf(await at().call('ask', args, back({ word: 'mine' })))).toContain('mine');
  });

  test('ends with its process: what became of the call is not known', async () => {
    const args = { label: 'killed' };
    const { back, requestState } = questionOf(await at().call('ask', args));
    expect(typeof requestState).toBe('string');
    const calls = app.get(ParkedCalls) as unknown as { calls: Map<string, { ends: AbortController }> };
    const [[id, call] = ['']] = [...calls.calls].slice(-1);
    call?.ends.abort();
    const database = app.get(Database);
    await eventually(
      () => database.sql<{ reply: unknown }>('select reply from parked_calls where id = $1', [id]),
      ([row]) => row?.reply !== null,
    );
    // As after a kill: nobody said what became of it, and its row tells no sign of life.
    const past = new Date(Date.now() - 60_000);
    await database.sql('update parked_calls set alive_until = $2, reply = null where id = $1', [id, past]);
    expect(faultOf(await at(other).call('ask', args, back({ word: 'late' })))).toBe('OUTCOME_UNKNOWN');
  });

  test('is put to no client that cannot answer: the server is refused at once', async () => {
    const client = new ModernProgram({ url: `${app.url}${path}`, headers });
    const told = await client.call('ask', { label: 'cannot' });
    expect(JSON.parse(wordsOf(told))).toEqual([{ refused: true }]);
  });
});
