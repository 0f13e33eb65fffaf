import pg from 'pg';
import { readConfig } from '../../../src/platform/config/config.js';
import { toDriverOptions } from '../../../src/platform/database/connection.js';
import { Logger } from '../../../src/platform/logging/logger.js';
import { openDatabase } from '../../../src/start/open-database.js';
import { toUrl } from '../../support/chaos/database-url.js';
import { createTestDatabase, type TestDatabase } from '../../support/databases.js';

const LIMIT = 6;
const ROLE = `limited_${process.pid}`;

class Told extends Logger {
  readonly isDetailed = true;
  readonly warnings: string[] = [];

  debug(): void {
    // Of no interest.
  }

  info(): void {
    // Of no interest.
  }

  warn(_fields: object, message: string): void {
    this.warnings.push(message);
  }

  error(_fields: object, message: string): void {
    throw new Error(message);
  }
}

describe('the start', () => {
  let place: TestDatabase;
  let admin: pg.Client;
  let url: URL;

  beforeAll(async () => {
    place = await createTestDatabase();
    admin = new pg.Client(toDriverOptions(place.connection).pg);
    await admin.connect();
    const { rows } = await admin.query<{ name: string }>('select current_database() as name');
    await admin.query(`create role ${ROLE} login password 'of tests' connection limit ${LIMIT}`);
    await admin.query(`alter database "${rows[0]?.name}" owner to ${ROLE}`);
    url = new URL(toUrl(place.connection));
    url.username = ROLE;
    url.password = 'of tests';
  });
  afterAll(async () => {
    await admin.end();
    await place.drop();
  });

  it('waits while all connections are taken, as those of a killed process are for a moment', async () => {
    const takers = Array.from({ length: LIMIT }, () => new pg.Client(url.href));
    await Promise.all(takers.map((taker) => taker.connect()));
    const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: url.href });
    const told = new Told();
    const opening = openDatabase(config, told);
    opening.catch(() => undefined);
    while (told.warnings.length < 2) await Promise.race([opening, new Promise((resolve) => setTimeout(resolve, 20))]);
    await Promise.all(takers.map((taker) => taker.end()));
    const opened = await opening;
    expect(await opened.dataSource.query('select 1 as one')).toEqual([{ one: 1 }]);
    await opened.close();
  });
});
