import { Client } from 'pg';
import { toDriverOptions } from '../../../src/platform/database/connection.js';
import type { CarriedHint } from '../../../src/platform/hints/hint-carrier.js';
import { LargeHints1763703400110 } from '../../../src/platform/hints/large-hints.migration.js';
import { NotifyCarrier } from '../../../src/platform/hints/notify-carrier.js';
import { createLogger } from '../../../src/platform/logging/logger.js';
import { eventually } from '../../support/app.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';

const KIB = 1024;
const large = (size = 100 * KIB) => 'ü"\u0000'.repeat(size / 4);

describe('hints over NOTIFY that are larger than it carries', () => {
  const logger = createLogger({ level: 'silent', format: 'json' });
  let place: TestDatabase;
  let database: Client;
  let carriers: NotifyCarrier[];
  let heard: CarriedHint[];
  let gaps: number;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = new Client(toDriverOptions(place.connection).pg);
    await database.connect();
    await new LargeHints1763703400110().up(database as never);
  });
  afterAll(async () => {
    await database.end();
    await place.drop();
  });
  beforeEach(() => {
    [carriers, heard, gaps] = [[], [], 0];
  });
  afterEach(async () => {
    for (const carrier of carriers) await carrier.stop();
    await database.query('delete from large_hints');
  });

  async function start(name: string, large?: { keptMs: number; maxBytes: number }): Promise<NotifyCarrier> {
    const carrier = new NotifyCarrier(place.connection, name, logger, large);
    carriers.push(carrier);
    const onHint = (hint: CarriedHint) => void heard.push({ topic: `${name} ${hint.topic}`, data: hint.data });
    await carrier.start({ onHint, onGap: () => (gaps += 1) });
    return carrier;
  }
  const kept = async () => (await database.query('select id from large_hints')).rows.length;

  it('reach who listens to their topic, whole and in their order among the small ones of it', async () => {
    const [here, there] = [await start('here'), await start('there')];
    there.listen('t');
    const said = ['first', large(), 'second', large(300 * KIB), 'third', 'fourth'];
    for (const data of said) here.send({ topic: 't', data });
    await eventually(
      () => heard.length,
      (count) => count === said.length,
    );
    expect(heard).toEqual(said.map((data) => ({ topic: 'there t', data })));
  });

  it('are fetched by nobody who does not listen, and gone after a moment', async () => {
    const [here, there] = [await start('here', { keptMs: 2_000, maxBytes: 1024 * KIB }), await start('there')];
    there.listen('other');
    here.send({ topic: 't', data: large() });
    here.send({ topic: 'other', data: 'small' });
    await eventually(
      () => heard,
      (all) => all.length > 0,
    );
    expect(heard).toEqual([{ topic: 'there other', data: 'small' }]);
    await eventually(kept, (count) => count === 1);
    await eventually(kept, (count) => count === 0);
  });

  it('are not more than there is room for: then those who may have missed one are told', async () => {
    const [here, there] = [await start('here', { keptMs: 60_000, maxBytes: 250 * KIB }), await start('there')];
    there.listen('t');
    for (let count = 0; count < 5; count += 1) here.send({ topic: 't', data: 'x'.repeat(100 * KIB) });
    // The word that something was lost may come before what was not, which has to be fetched.
    await eventually(
      () => [gaps > 0, heard.length],
      ([isTold, count]) => isTold === true && count === 2,
    );
    expect([heard.length, await kept()]).toEqual([2, 2]);
  });
});
