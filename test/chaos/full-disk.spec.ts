import pg from 'pg';
import { PostgresProcess } from '../support/chaos/postgres-process.js';
import { chaosSeed } from '../support/chaos/random.js';
import { until } from '../support/chaos/until.js';
import { createWorld, inTime, prove, type World } from '../support/chaos/world.js';

const SESSIONS = 4;
/** More than a segment of the database's own log, which must go on; less than the table of events by then. */
const LIMIT_BYTES = 18 * 1024 * 1024;
const FILLED_BYTES = 20_000_000;
/** Less than what the database would compress. */
const LARGE = 1_600;

/** No file can grow: what a full disk looks like, for a test that may not fill one. */
describe('a database that has no room left', () => {
  const seed = chaosSeed();
  let postgres: PostgresProcess;
  let world: World;
  let filler: Filler;

  beforeAll(async () => {
    postgres = await PostgresProcess.start();
    world = await createWorld({ name: 'full', seed, settings: { DATABASE_URL: postgres.url } });
    filler = await Filler.at(postgres.url, await world.person.openSession(world.serverId));
    await filler.add(FILLED_BYTES / LARGE, LARGE);
  }, 120_000);
  afterAll(async () => {
    await filler.end();
    await world.end();
    await postgres.end();
  }, 60_000);

  it('acknowledges nothing, says so, and goes on by itself when there is room again', async () => {
    const all = await world.followAll(SESSIONS, { decides: false });
    const answers = all.map(({ follower }, index) => {
      follower.start();
      return follower.ask(`graph f${index}`, `f${index}`);
    });
    await until('all are asked', () => all.every(({ follower }) => follower.pending > 0), 30_000);

    await postgres.limitFiles(LIMIT_BYTES);
    await filler.fillUp();
    const refused = await refusedRename(world);
    expect(refused).toMatchObject({ status: 503, body: { code: 'DATABASE_FULL', retryable: true } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((refused.body as { detail: string }).detail).toMatch(/no room/);

    for (const { follower } of all) follower.decide();
    await until(
      'the clients are told',
      () => all.every(({ follower }) => (follower.refusals.DATABASE_FULL ?? 0) > 1),
      30_000,
      () => JSON.stringify(all.map(({ follower }) => follower.refusals)),
    );
    const decided = all.flatMap(({ follower }) => follower.received).filter(({ type }) => type === 'task_decision');
    expect(decided).toEqual([]);
    expect((await world.person.request('GET', '/api/v1/user/profile')).status).toBe(200);
    const { pid } = world.app;

    await postgres.limitFiles(undefined);
    const freeAt = performance.now();
    await inTime(world.app, 60_000, Promise.all(answers));
    const doneMs = Math.round(performance.now() - freeAt);
    for (const { follower } of all) follower.stop();
    expect({ pid: world.app.pid, isRunning: world.app.isRunning }).toEqual({ pid, isRunning: true });
    await prove(world, all, 'full disk', { seed, doneMs });
  }, 180_000);
});

/** Until one is refused: there may be room in the pages that are there. */
async function refusedRename({ person, serverId }: World) {
  const sessionId = await person.openSession(serverId);
  for (let time = 0; ; time += 1) {
    const answer = await person.request('PATCH', `/api/v1/sessions/${sessionId}`, { title: `title ${time}` });
    if (answer.status !== 200 || time > 100) return answer;
  }
}

/** Events of a session that nobody follows. */
class Filler {
  private seq = 0;

  private constructor(
    private readonly client: pg.Client,
    private readonly sessionId: string,
  ) {}

  static async at(url: string, sessionId: string): Promise<Filler> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new Filler(client, sessionId);
  }

  async add(rows: number, bytes: number): Promise<void> {
    await this.client.query(
      `insert into session_events (session_id, seq, id, type, payload, ts)
       select $1, n, 'evt_filler_' || n, 'log_entry', json_build_object('message', repeat('x', $4)), now()
       from generate_series($2::int + 1, $2::int + $3::int) as n`,
      [this.sessionId, this.seq, rows, bytes],
    );
    this.seq += rows;
  }

  /** Until not even the pages that are there take a small one more: what was refused takes room as well. */
  async fillUp(): Promise<void> {
    for (const [rows, bytes] of [
      [500, LARGE / 4],
      [500, 1],
      [1, 1],
    ] as const) {
      let isFull = false;
      while (!isFull) {
        isFull = await this.add(rows, bytes).then(
          () => false,
          () => true,
        );
      }
    }
  }

  async end(): Promise<void> {
    await this.client.end();
  }
}
