import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScriptedGemini, startScriptedGemini } from '../gemini/scripted-gemini.js';
import { type Transport, TRANSPORTS } from '../session-clients.js';
import { PersonApi } from './api.js';
import { AppProcess } from './app-process.js';
import { type CountingUpstream, startCountingUpstream } from './counting-upstream.js';
import { Follower } from './follower.js';
import { graphBrain, type GraphSize } from './graph-brain.js';
import { judgeCalls, judgeLog } from './verdict.js';

export interface World {
  folder: string;
  app: AppProcess;
  /** Further processes on the same database and data folder. */
  others: AppProcess[];
  gemini: ScriptedGemini;
  upstream: CountingUpstream;
  person: PersonApi;
  serverId: string;
  /** A session of its own, followed over the transport, at the product or at what stands before it. */
  follow: (name: string, transport: Transport, url?: () => string, decides?: boolean) => Promise<Followed>;
  /** So many sessions, over one transport after the other. */
  followAll: (count: number, options?: FollowAll) => Promise<Followed[]>;
  /** A further client on the session of another one. */
  join: (followed: Followed, name: string, transport: Transport, url?: () => string) => Followed;
  end: () => Promise<void>;
}

export interface Followed {
  name: string;
  sessionId: string;
  follower: Follower;
}

interface FollowAll {
  tag?: string;
  /** Where each begins; at the product when nothing is said. */
  placeOf?: (index: number) => () => string;
  decides?: boolean;
}

interface WorldOptions {
  name: string;
  seed: number;
  settings?: Record<string, string>;
  /** What sets each further process apart. */
  others?: Record<string, string>[];
  slowestMs?: number;
  wordMs?: number;
  graphs?: GraphSize;
}

/** The product as a process, with a model and an upstream that outlive it. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { name, seed, settings = {}, slowestMs = 60, wordMs = 8, graphs } = options;
  const folder = await mkdtemp(join(tmpdir(), `switchyard-${name}-`));
  // As root, PostgreSQL runs as another user, who must get through.
  await chmod(folder, 0o711);
  const gemini = await startScriptedGemini({ brain: graphBrain(seed, { wordMs, ...(graphs && { size: graphs }) }) });
  const upstream = await startCountingUpstream(folder, { seed, slowestMs });
  const common = { DATA_DIR: join(folder, 'data'), GEMINI_API_KEY: 'test-key', GEMINI_BASE_URL: gemini.url };
  const app = await AppProcess.prepare({ ...common, ...settings });
  const others = await Promise.all(
    (options.others ?? []).map((more) => AppProcess.prepare({ ...common, ...settings, ...more })),
  );
  const person = new PersonApi(() => ([app, ...others].find(({ isRunning }) => isRunning) ?? app).url);
  const followers: Follower[] = [];
  const end = async () => {
    for (const follower of followers) follower.stop();
    const running = [app, ...others].filter(({ isRunning }) => isRunning);
    await Promise.all(running.map((one) => one.end('SIGTERM')));
    await upstream.stop();
    await gemini.close();
    // What a database that was killed left running may still write for a moment.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  let serverId: string;
  try {
    // The first brings the tables up to date, which the others would wait for.
    await app.start();
    await Promise.all(others.map((other) => other.start()));
    await person.signIn(`${name}@example.com`);
    serverId = await person.addServer(upstream.url);
  } catch (error) {
    // Else what was begun keeps the test from ending.
    await end();
    throw error;
  }
  const attach = (
    label: string,
    sessionId: string,
    transport: Transport,
    url = () => app.url,
    decides = true,
  ): Followed => {
    const { token } = person;
    const follower = new Follower({ name: label, transport, url, serverId, sessionId, token, decides });
    followers.push(follower);
    return { name: label, sessionId, follower };
  };
  const follow: World['follow'] = async (label, transport, url, decides) =>
    attach(label, await person.openSession(serverId), transport, url, decides);
  const followAll: World['followAll'] = async (count, { tag = 'session', placeOf, decides } = {}) => {
    const all: Followed[] = [];
    for (let index = 0; index < count; index += 1)
      // Each transport at each place.
      all.push(await follow(`${tag} ${index}`, transportOf(placeOf ? index >> 1 : index), placeOf?.(index), decides));
    return all;
  };
  return {
    folder,
    app,
    others,
    gemini,
    upstream,
    person,
    serverId,
    follow,
    followAll,
    join: ({ sessionId }, label, transport, url) => attach(label, sessionId, transport, url),
    end,
  };
}

/** One after another of both transports. */
export const transportOf = (index: number): Transport => TRANSPORTS[index % TRANSPORTS.length] as Transport;

export interface Judgement {
  faults: string[];
  events: number;
  nodes: number;
  unknown: number;
  byStatus: Record<string, number>;
}

/** Replays each session from 0, and holds it against what its client had and what the upstream did. */
export async function judge(world: World, all: readonly Followed[]): Promise<Judgement> {
  const counts = await world.upstream.counts();
  const judgement: Judgement = { faults: [], events: 0, nodes: 0, unknown: 0, byStatus: {} };
  for (const { name, sessionId, follower } of all) {
    const log = await world.person.replay(sessionId);
    const calls = judgeCalls(name, log, counts);
    judgement.events += log.length;
    judgement.nodes += calls.nodes;
    judgement.unknown += calls.unknown;
    for (const [status, count] of Object.entries(calls.byStatus)) {
      judgement.byStatus[status] = (judgement.byStatus[status] ?? 0) + count;
    }
    judgement.faults.push(...follower.faults, ...judgeLog(name, log, follower.received), ...calls.faults);
  }
  return judgement;
}

/** Judges, tells the figures beside those given, and fails on any fault. */
export async function prove(
  world: World,
  all: readonly Followed[],
  what: string,
  more: object,
): Promise<Omit<Judgement, 'faults'>> {
  const { faults, ...figures } = await judge(world, all);
  tell(what, { ...more, ...figures });
  expect(faults).toEqual([]);
  return figures;
}

/** @throws with what the product said, and who still waits, when the work does not end in time */
export async function inTime<T>(
  app: AppProcess,
  withinMs: number,
  work: Promise<T>,
  all: readonly Followed[] = [],
): Promise<T> {
  const late = Symbol('late');
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), withinMs);
  });
  const first = await Promise.race([work, deadline]);
  clearTimeout(timer);
  if (first === late) {
    const waiting = all.flatMap(({ follower }) => (follower.isDone ? [] : [follower.state]));
    throw new Error(`It did not come to rest. ${waiting.join('\n')}\n${app.output.slice(-3_000)}`);
  }
  return first;
}

export const tell = (what: string, figures: object): void => {
  process.stdout.write(`${JSON.stringify({ chaos: what, ...figures })}\n`);
};

/** Milliseconds, whole. */
export function spread(values: readonly number[]): { median: number; most: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), most: Math.round(sorted.at(-1) ?? 0) };
}
