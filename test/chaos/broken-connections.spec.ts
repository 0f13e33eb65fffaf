import { join } from 'node:path';
import { postmastersOn } from '../support/chaos/app-process.js';
import { comeToRest, talkOnAndOn } from '../support/chaos/lives.js';
import { chaosSeed, Random } from '../support/chaos/random.js';
import { TcpProxy } from '../support/chaos/tcp-proxy.js';
import { pause, until } from '../support/chaos/until.js';
import { createWorld, type Followed, inTime, prove, spread, tell, type World } from '../support/chaos/world.js';
import { type Transport, TRANSPORTS } from '../support/session-clients.js';

const CUTS = Number(process.env.CHAOS_CUTS ?? 50);
const DATABASE_ENDS = Number(process.env.CHAOS_DATABASE_ENDS ?? 2);
/** Two beats without an answer on a raw socket; socket.io's beat and patience. */
const SILENCE_MS = 40_000;
const BACK_MS = 20_000;
const SILENCES = 4;

interface Line {
  transport: Transport;
  proxy: TcpProxy;
  followed: Followed;
  /** How long until the product gave up a connection that had fallen silent. */
  silences: Promise<number>[];
  backAfter: number[];
}

describe('connections that break', () => {
  const seed = chaosSeed();
  let world: World;
  let lines: Line[];

  beforeAll(async () => {
    world = await createWorld({ name: 'cuts', seed, slowestMs: 40 });
    lines = await Promise.all(TRANSPORTS.map((transport) => stretch(world, transport)));
  }, 60_000);
  afterAll(async () => {
    await world.end();
    await Promise.all(lines.map(({ proxy }) => proxy.close()));
  }, 60_000);

  it('between client and product never show: with the last number a client gets every event once, in order', async () => {
    await Promise.all(lines.map((line) => inTime(world.app, 120_000, cutAgainAndAgain(line, new Random(seed)))));
    for (const { transport, followed, backAfter } of lines) {
      const { connects, deltas, received } = followed.follower;
      const counts = { cuts: CUTS, connects, deltas, received: received.length };
      tell('cuts', { transport: transport.name, backAfterMs: spread(backAfter), ...counts });
    }
    const all = lines.map(({ followed }) => followed);
    expect((await prove(world, all, 'cuts, together', { seed })).unknown).toBe(0);
  }, 150_000);

  it('fall silent in the middle of a long replay or of an approval: what was lost on the way comes again, once', async () => {
    const random = new Random(seed);
    const all = await Promise.all(
      lines.map((line) => inTime(world.app, 60_000, Promise.all([replay(line, random), approve(line, random)]))),
    );
    const received = all.map(([replayed]) => replayed.follower.received.length);
    await prove(world, all.flat(), 'silence on the way', { seed, silences: SILENCES, received });
  }, 90_000);

  /** From the beginning, over connections of which each gets a part only. */
  async function replay({ followed, transport }: Line, random: Random): Promise<Followed> {
    const proxy = await TcpProxy.to(world.app.port);
    const log = await world.person.replay(followed.sessionId);
    const size = JSON.stringify(log).length;
    const joined = world.join(followed, `${transport.name} replay`, transport, () => proxy.url);
    const { follower } = joined;
    for (let silence = 0; silence < SILENCES; silence += 1) {
      const silent = proxy.freezeNextAfter(random.between(1_000, size / SILENCES));
      if (silence === 0) follower.start();
      else follower.giveUp();
      await silent;
    }
    const had = follower.received.length;
    follower.giveUp();
    while (follower.lastSeq < log.length) await follower.change();
    expect(had).toBeLessThan(log.length);
    follower.stop();
    await proxy.close();
    return joined;
  }

  /** Each decision is on its way to the product, or its answer on its way back, when the line falls silent. */
  async function approve({ transport }: Line, random: Random): Promise<Followed> {
    const proxy = await TcpProxy.to(world.app.port);
    const followed = await world.follow(`${transport.name} approval`, transport, () => proxy.url, false);
    const { follower } = followed;
    follower.start();
    for (let silence = 0; silence < SILENCES; silence += 1) {
      const tag = `q${transport.name.slice(0, 3)}${silence}`;
      const answered = follower.ask(`graph ${tag}`, tag);
      while (follower.pending === 0) await follower.change();
      const early = random.chance(0.5);
      if (early) void proxy.freeze();
      follower.decide();
      await pause(random.between(0, 30));
      if (!early) void proxy.freeze();
      const before = follower.connects;
      follower.giveUp();
      await follower.connected(before);
      await answered;
      follower.waitForMe();
    }
    follower.stop();
    await proxy.close();
    return followed;
  }

  it(
    'to the database are told as 503 with Retry-After, come back without a restart of ours, and take nothing along',
    async () => {
      const random = new Random(seed);
      const all = await world.followAll(4);
      const settle = talkOnAndOn(all, 'd');
      await Promise.all(all.map(({ follower }) => follower.connected(0)));
      const { pid } = world.app;
      const away: number[] = [];
      for (let end = 0; end < DATABASE_ENDS; end += 1) {
        await pause(random.between(300, 1_200));
        away.push(await endDatabase(world, end % 2 === 0 ? 'SIGKILL' : 'SIGTERM'));
        const before = all.map(({ follower }) => follower.lastSeq);
        const goesOn = () => all.every(({ follower }, at) => follower.lastSeq > (before[at] ?? 0));
        await until('the work goes on', goesOn, 30_000, () => world.app.output.slice(-3_000));
      }
      await comeToRest(world, all, settle);
      expect({ pid: world.app.pid, isRunning: world.app.isRunning }).toEqual({ pid, isRunning: true });
      await prove(world, all, 'database', { seed, ends: away.length, awayMs: spread(away) });
    },
    90_000 + DATABASE_ENDS * 60_000,
  );

  it(
    'are noticed where they only fall silent',
    async () => {
      for (const { transport, silences } of lines) {
        const after = await inTime(world.app, SILENCE_MS, Promise.all(silences));
        tell('silence', { transport: transport.name, connections: after.length, noticedMs: spread(after) });
        expect(after.length).toBeGreaterThan(0);
        for (const ms of after) expect(ms).toBeLessThan(SILENCE_MS);
      }
    },
    SILENCE_MS * 2 + 5_000,
  );
});

async function stretch(world: World, transport: Transport): Promise<Line> {
  const proxy = await TcpProxy.to(world.app.port);
  const followed = await world.follow(transport.name, transport, () => proxy.url);
  return { transport, proxy, followed, silences: [], backAfter: [] };
}

/** The first break is a silence, whose end is looked for later. */
async function cutAgainAndAgain(line: Line, random: Random): Promise<void> {
  const { followed, proxy } = line;
  const { follower } = followed;
  let over = false;
  follower.start();
  await follower.connected(0);
  const talk = follower.askOnAndOn(line.transport.name.slice(0, 3), () => over);
  for (let cut = 1; cut <= CUTS; cut += 1) {
    await pause(random.between(0, 200));
    const before = follower.connects;
    const cutAt = performance.now();
    const way = cut === 1 ? 'freeze' : random.pick(['reset', 'drop', 'freeze']);
    if (way === 'reset') proxy.reset();
    if (way === 'drop') proxy.drop();
    if (way === 'freeze') {
      const silences = proxy.freeze();
      if (cut === 1) line.silences.push(...silences);
      follower.giveUp();
    }
    await follower.connected(before);
    line.backAfter.push(performance.now() - cutAt);
  }
  over = true;
  await talk;
  follower.stop();
}

/** @returns milliseconds from the end of the old server to the first answer with the new one */
async function endDatabase({ app, folder, person, serverId }: World, signal: NodeJS.Signals): Promise<number> {
  const [postmaster = 0] = await postmastersOn(join(folder, 'data'));
  process.kill(postmaster, signal);
  const startedAt = performance.now();
  const seen = new Map<string, number>();
  const ask = async (): Promise<boolean> => {
    const paths = [`/api/v1/servers/${serverId}`, '/api/v1/sessions', '/api/v1/user/profile'];
    const answers = await Promise.all(paths.map((path) => person.request('GET', path))).catch((error: Error) => {
      throw new Error(`${error.message}; the product ${app.isRunning ? 'runs' : 'ended'}: ${app.output.slice(-3_000)}`);
    });
    for (const { status, headers, body } of answers) {
      const { code } = (body ?? {}) as { code?: string };
      const kind = `${status} ${code ?? ''}${headers.has('retry-after') ? ' retry-after' : ''}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    return answers.every(({ status }) => status === 200);
  };
  await until(
    'it answers from a new server',
    async () => (await ask()) && !(await postmastersOn(join(folder, 'data'))).includes(postmaster),
    BACK_MS,
    () => `${signal}: ${JSON.stringify([...seen])} ${app.output.slice(-3_000)}`,
  );
  const unwanted = [...seen.keys()].filter(
    (kind) => kind !== '200 ' && kind !== '503 DATABASE_UNAVAILABLE retry-after',
  );
  expect({ signal, unwanted, output: unwanted.length > 0 ? app.output.slice(-2_000) : '' }).toEqual({
    signal,
    unwanted: [],
    output: '',
  });
  tell('database, one end', { signal, seen: Object.fromEntries(seen) });
  return performance.now() - startedAt;
}
