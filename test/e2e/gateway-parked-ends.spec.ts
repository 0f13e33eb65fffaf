import { OldParkedCalls } from '../../src/core/gateway/old-parked-calls.js';
import { ParkedCallsRepository } from '../../src/core/gateway/parked-calls.repository.js';
import { AppError } from '../../src/platform/errors/app-error.js';
import { Database } from '../../src/platform/database/database.js';
import { eventually } from '../support/app.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { questionOf, wordsOf } from '../support/gateway/said.js';
import { startAskingUpstream } from '../support/upstreams/asking-upstream.js';

const FORMS = { elicitation: { form: {} } };
const MINUTE = 60;

const start = () => startOneServer(startAskingUpstream);
let product: Awaited<ReturnType<typeof start>>;
let client: ModernProgram;
beforeEach(async () => {
  product = await start();
  client = new ModernProgram(product.placeAt(), FORMS);
}, 60_000);
afterEach(() => product.stop());

const rows = () => product.app.get(Database).sql<{ reply: object | null }>('select reply from parked_calls');
const answersHeard = () =>
  product.upstream.seen.filter(({ message }) => message.method === undefined && 'result' in message);

test('a parked call to which nobody comes back ends in time: its server hears so, and nothing of it stays', async () => {
  const asked = await client.call('ask', { label: 'left' });
  expect((await rows()).map(({ reply }) => reply)).toEqual([null]);
  product.app.clock.forward(10 * MINUTE + 1);
  const [row] = await eventually(rows, ([found]) => found?.reply !== null);
  expect(answersHeard().map(({ message }) => message.result)).toEqual([{ action: 'cancel' }]);
  expect(JSON.stringify(row?.reply)).toContain('cancel');
  // Late, but before the state ends: it is told what became of the one call.
  const told = await client.call('ask', { label: 'left' }, questionOf(asked).accept({ word: 'late' }));
  expect(JSON.parse(wordsOf(told))).toEqual([{ action: 'cancel' }]);
  expect(product.upstream.calls('left')).toBe(1);

  // Another whose process died.
  await product.app
    .get(Database)
    .sql(`insert into parked_calls (id, round, questions, alive_until, created_at) values ('dead', 1, '{}', $1, $1)`, [
      product.app.clock.now(),
    ]);
  product.app.clock.forward(2 * 60 * MINUTE);
  await product.app.get(OldParkedCalls).run(new AbortController().signal);
  expect(await rows()).toEqual([]);
});

test('while its row cannot be read or written, a parked call waits; then it goes on where it was', async () => {
  const asked = await client.call('ask', { label: 'outage', times: 2 });
  const repository = product.app.get(ParkedCallsRepository);
  const away = new AppError('unavailable', 'DATABASE_UNAVAILABLE', 'The database is away.');
  const find = jest.spyOn(repository, 'find').mockRejectedValueOnce(away);
  const store = jest.spyOn(repository, 'ask').mockRejectedValueOnce(away);
  await eventually(
    () => find.mock.calls.length,
    (looks) => looks > 1,
  );
  const second = await client.call('ask', { label: 'outage', times: 2 }, questionOf(asked).accept({ word: 'one' }));
  expect(store.mock.calls.length).toBe(2);
  jest.spyOn(repository, 'end').mockRejectedValueOnce(away);
  const told = await client.call('ask', { label: 'outage', times: 2 }, questionOf(second).accept({ word: 'two' }));
  expect(JSON.parse(wordsOf(told))).toMatchObject([{ content: { word: 'one' } }, { content: { word: 'two' } }]);
  expect((await rows()).map(({ reply }) => JSON.stringify(reply).includes('two'))).toEqual([true]);
});

test('a state that is too old is refused, and answers nothing', async () => {
  const asked = await client.call('ask', { label: 'old' });
  const now = Date.now.bind(Date);
  const moved = jest.spyOn(Date, 'now').mockImplementation(() => now() + 16 * MINUTE * 1_000);
  const refused = await client
    .call('ask', { label: 'old' }, questionOf(asked).accept({ word: 'late' }))
    .finally(() => moved.mockRestore());
  expect([refused.error?.code, refused.error?.message]).toEqual([-32602, expect.stringContaining('expired')]);
  expect(answersHeard()).toEqual([]);
  const told = await client.call('ask', { label: 'old' }, questionOf(asked).accept({ word: 'in time' }));
  expect(wordsOf(told)).toContain('in time');
});
