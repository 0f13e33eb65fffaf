import { nobody, tcp } from '../test-support/faults.js';
import { startLegacyServer, startModernServer, type TestServer } from '../test-support/servers.js';
import { targetAt, testBench } from '../test-support/targets.js';
import type { UpstreamSession } from './index.js';

const bench = testBench();
let server: TestServer;

beforeAll(async () => {
  server = await startLegacyServer();
});

beforeEach(() => {
  server.seen.length = 0;
});

afterAll(async () => {
  await bench.close();
  await server.close();
});

const initialized = () => server.seen.filter((line) => line === 'POST initialize').length;

/** Work that ends when told to. */
function held() {
  let release = () => {};
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const end = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { begun, release: () => release(), work: () => (begin(), end) };
}

describe('a pool', () => {
  it('lets all share one session, and opens it once', async () => {
    const pool = bench.pool();
    const target = targetAt(server.url);
    const first = held();
    let one: UpstreamSession | undefined;
    const busy = pool.withSession(target, {}, (session) => ((one = session), first.work()));
    await first.begun;
    await pool.withSession(target, {}, async (session) => expect(session).toBe(one));
    first.release();
    await busy;
    await Promise.all([1, 2, 3].map(() => pool.withSession(target, {}, (session) => session.ping())));
    expect(initialized()).toBe(1);
    expect(server.seen.filter((line) => line === 'POST server/discover')).toHaveLength(1);
  });

  it('gives a call that may be asked beside its stream a session of its own, and uses that again', async () => {
    const pool = bench.pool();
    const target = targetAt(server.url);
    const ask = (name: string) =>
      pool.withSession(target, {}, (session) =>
        session.callTool(
          { name: 'ask' },
          { attended: true, onQuestion: async () => ({ action: 'accept', content: { name } }) },
        ),
      );
    const [ada, bob] = await Promise.all([ask('Ada'), ask('Bob')]);
    expect(JSON.parse(String(ada?.content[0]?.text))).toMatchObject({ content: { name: 'Ada' } });
    expect(JSON.parse(String(bob?.content[0]?.text))).toMatchObject({ content: { name: 'Bob' } });
    await ask('Cy');
    expect(initialized()).toBe(3);
  });

  it('never shares between two keys', async () => {
    const pool = bench.pool();
    await pool.withSession(targetAt(server.url, { key: 'ada' }), {}, (session) => session.ping());
    await pool.withSession(targetAt(server.url, { key: 'bob' }), {}, (session) => session.ping());
    expect(initialized()).toBe(2);
  });

  it('lets callers wait for a session, in their order', async () => {
    const pool = bench.pool({ maxCallsPerTarget: 1 });
    const target = targetAt(server.url);
    const first = held();
    const order: number[] = [];
    const busy = pool.withSession(target, {}, first.work);
    await first.begun;
    const waiting = [1, 2].map((n) => pool.withSession(target, {}, async () => void order.push(n)));
    first.release();
    await Promise.all([busy, ...waiting]);
    expect(order).toEqual([1, 2]);
    expect(initialized()).toBe(1);
  });

  it('says so when none comes free in time, or when the caller gives up', async () => {
    const pool = bench.pool({ maxCallsPerTarget: 1 });
    const target = targetAt(server.url);
    const first = held();
    const busy = pool.withSession(target, {}, first.work);
    await first.begun;
    const late = pool.withSession({ ...target, timeoutMs: 50 }, {}, async () => undefined);
    await expect(late).rejects.toMatchObject({ code: 'UPSTREAM_BUSY', requestSent: false });
    const controller = new AbortController();
    const given = pool.withSession(target, { signal: controller.signal }, async () => undefined);
    controller.abort();
    await expect(given).rejects.toMatchObject({ code: 'UPSTREAM_CANCELLED', requestSent: false });
    first.release();
    await busy;
  });

  it('gives a connection no more time than its caller has, whatever the target would have', async () => {
    const silent = await tcp((socket) => socket.resume());
    const target = targetAt(silent.url, { timeoutMs: 60_000 });
    for (const wait of [{ timeoutMs: 50 }, { timeoutMs: 60 }]) {
      const late = bench.pool().withSession(target, wait, async () => undefined);
      await expect(late).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', requestSent: false });
    }
    await silent.close();
  });

  it('refuses at once who comes when the queue is full', async () => {
    const pool = bench.pool({ maxCallsPerTarget: 1 });
    const target = targetAt(server.url);
    const first = held();
    const busy = pool.withSession(target, {}, first.work);
    await first.begun;
    const waiting = Array.from({ length: 256 }, () => pool.withSession(target, {}, async () => undefined));
    const refused = pool.withSession(target, {}, async () => undefined);
    await expect(refused).rejects.toMatchObject({ code: 'UPSTREAM_BUSY', requestSent: false });
    first.release();
    await Promise.all([busy, ...waiting]);
  });

  it('bounds the number of targets, forgetting the one unused for longest', async () => {
    const pool = bench.pool({ maxTargets: 2 });
    const use = (key: string) => pool.withSession(targetAt(server.url, { key }), {}, (session) => session.ping());
    await use('a');
    await use('b');
    await use('c');
    await use('b');
    expect(initialized()).toBe(3);
    await use('a');
    expect(initialized()).toBe(4);
  });

  it('opens anew after a drop', async () => {
    const pool = bench.pool();
    const target = targetAt(server.url);
    await pool.withSession(target, {}, (session) => session.ping());
    pool.drop(target.key);
    await pool.withSession(target, {}, (session) => session.ping());
    expect(initialized()).toBe(2);
  });

  it('closes what has been idle for long', async () => {
    const pool = bench.pool({ idleMs: 20 });
    const before = server.sessions();
    await pool.withSession(targetAt(server.url), {}, (session) => session.ping());
    expect(server.sessions()).toBe(before + 1);
    while (server.sessions() > before) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('gives a place back when opening fails', async () => {
    const pool = bench.pool({ maxCallsPerTarget: 1 });
    const broken = targetAt((await nobody()).url);
    for (let n = 0; n < 3; n++) {
      const failed = pool.withSession(broken, {}, async () => undefined);
      await expect(failed).rejects.toMatchObject({ code: 'UPSTREAM_UNREACHABLE', requestSent: false });
    }
  });

  it('opens a modern server without a round trip, once it is known', async () => {
    const modern = await startModernServer();
    const pool = bench.pool();
    const target = targetAt(modern.url);
    const work = (session: UpstreamSession) => session.callTool({ name: 'echo', arguments: { text: 'x' } });
    await Promise.all([1, 2].map(() => pool.withSession(target, {}, work)));

    await pool.withSession(target, {}, work);
    await modern.close();
    expect(modern.seen.filter((line) => line === 'POST server/discover').length).toBeLessThanOrEqual(2);
  });

  it('keeps 200 callers of one session apart', async () => {
    const pool = bench.pool();
    const texts = Array.from({ length: 200 }, (_, n) => `caller ${n}`);
    const answers = await Promise.all(
      texts.map((text) =>
        pool.withSession(targetAt(server.url), {}, (session) =>
          session.callTool({ name: 'echo', arguments: { text } }),
        ),
      ),
    );
    expect(answers.map(({ content }) => content[0]?.text)).toEqual(texts);
    expect(initialized()).toBe(1);
  });
});
