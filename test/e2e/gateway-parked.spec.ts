import { ParkedCalls } from '../../src/core/gateway/parked-calls.service.js';
import { Database } from '../../src/platform/database/database.js';
import { eventually } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServerTwice } from '../support/gateway/one-server.js';
import { faultOf, type Question, questionOf, wordsOf } from '../support/gateway/said.js';
import { startAskingUpstream } from '../support/upstreams/asking-upstream.js';

const FORMS = { elicitation: { form: {} } };

const start = () => startOneServerTwice(startAskingUpstream);
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

const at = (process = product.app) => new ModernProgram(product.placeAt(process), FORMS);
const saidBy = ({ asked }: Question) => asked?.params.message;

describe('a question in the middle of a call', () => {
  test('is taken away and answered; the call is one call', async () => {
    const args = { label: 'once' };
    const question = questionOf(await at().call('ask', args));
    expect(saidBy(question)).toBe('Question 1 of once');
    const told = await at().call('ask', args, question.accept({ word: 'blue' }));
    expect(JSON.parse(wordsOf(told))).toEqual([{ action: 'accept', content: { word: 'blue' } }]);
    expect(product.upstream.calls('once')).toBe(1);
    expect(wordsOf(await at().call('ask', args, question.accept({ word: 'again' })))).toBe(wordsOf(told));
  });

  test('is followed by a second one; an old answer to the first one does not answer it', async () => {
    const args = { label: 'twice', times: 2 };
    const first = questionOf(await at().call('ask', args));
    const second = questionOf(await at().call('ask', args, first.accept({ word: 'one' })));
    expect(saidBy(second)).toBe('Question 2 of twice');
    const replayed = questionOf(await at().call('ask', args, first.accept({ word: 'one again' })));
    expect(saidBy(replayed)).toBe('Question 2 of twice');
    const told = await at().call('ask', args, second.accept({ word: 'two' }));
    expect(JSON.parse(wordsOf(told))).toMatchObject([{ content: { word: 'one' } }, { content: { word: 'two' } }]);
    expect(product.upstream.calls('twice')).toBe(1);
  });

  test('is answered at another process, each round', async () => {
    const args = { label: 'two processes', times: 2 };
    const first = questionOf(await at().call('ask', args));
    const second = questionOf(await at(product.other).call('ask', args, first.accept({ word: 'one' })));
    expect(saidBy(second)).toBe('Question 2 of two processes');
    const told = await at(product.other).call('ask', args, second.accept({ word: 'two' }));
    expect(JSON.parse(wordsOf(told))).toMatchObject([{ content: { word: 'one' } }, { content: { word: 'two' } }]);
    expect(product.upstream.calls('two processes')).toBe(1);
  });

  test('that is declined, the server hears so; without an answer it is asked again', async () => {
    const args = { label: 'declined' };
    const first = questionOf(await at().call('ask', args));
    const empty = await at().call('ask', args, { requestState: first.requestState, inputResponses: {} });
    const again = questionOf(empty);
    expect(saidBy(again)).toBe('Question 1 of declined');
    const told = await at().call('ask', args, again.decline());
    expect(JSON.parse(wordsOf(told))).toMatchObject([{ action: 'decline' }]);
    expect(product.upstream.calls('declined')).toBe(1);
  });

  test('has no answer of those whose question it is not', async () => {
    const args = { label: 'mine' };
    const { accept, requestState } = questionOf(await at().call('ask', args));
    const place = product.placeAt();
    const theirs = new ModernProgram({ ...place, headers: (await makeKey(product.owner)).headers }, FORMS);
    const elsewhere = new ModernProgram({ ...place, url: `${product.app.url}/mcp` }, FORMS);
    const refusals = [
      await theirs.call('ask', args, accept({ word: 'stolen' })),
      await elsewhere.call('ask', args, accept({ word: 'stolen' })),
      await at().call('ask', { label: 'another' }, accept({ word: 'stolen' })),
      await at().call('ask', args, { ...accept({}), requestState: `${String(requestState)}A` }),
      await at().call('ask', args, { ...accept({}), requestState: 7 }),
    ];
    expect(refusals.map(({ error }) => error?.code)).toEqual(refusals.map(() => -32602));
    expect(wordsOf(await at().call('ask', args, accept({ word: 'mine' })))).toContain('mine');
  });

  test('ends with its process: what became of the call is not known', async () => {
    const args = { label: 'killed' };
    const { accept, requestState } = questionOf(await at().call('ask', args));
    expect(typeof requestState).toBe('string');
    const calls = product.app.get(ParkedCalls) as unknown as { calls: Map<string, { ends: AbortController }> };
    const [[id, call] = ['']] = [...calls.calls].slice(-1);
    call?.ends.abort();
    const database = product.app.get(Database);
    await eventually(
      () => database.sql<{ reply: unknown }>('select reply from parked_calls where id = $1', [id]),
      ([row]) => row?.reply !== null,
    );
    // As after a kill: nobody said what became of it, and its row tells no sign of life.
    const past = new Date(Date.now() - 60_000);
    await database.sql('update parked_calls set alive_until = $2, reply = null where id = $1', [id, past]);
    expect(faultOf(await at(product.other).call('ask', args, accept({ word: 'late' })))).toBe('OUTCOME_UNKNOWN');
  });

  test('is put to no client that cannot answer: the server is refused at once', async () => {
    const client = new ModernProgram(product.placeAt());
    const told = await client.call('ask', { label: 'cannot' });
    expect(JSON.parse(wordsOf(told))).toEqual([{ refused: true }]);
  });
});
