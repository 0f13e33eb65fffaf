import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/platform/clock.js';
import { readConfig } from '../../src/platform/config/config.js';
import type { DatabaseConnection } from '../../src/platform/database/connection.js';
import { createLogger } from '../../src/platform/logging/logger.js';
import { startApplication } from '../../src/start/application.js';
import { openDatabase } from '../../src/start/open-database.js';
import { createTestDatabase, type TestDatabase } from './databases.js';
import { createMigratedTemplate } from './template.js';

/** A clock that tests move. */
export class MovableClock extends Clock {
  private offsetMs = 0;

  override ms(): number {
    return Date.now() + this.offsetMs;
  }

  forward(seconds: number): void {
    this.offsetMs += seconds * 1_000;
  }
}

export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  bytes: Buffer;
  text: string;
  /** Of a JSON answer; undefined for any other. */
  body: Body;
}

export interface CallOptions {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Api = <Body = Record<string, unknown>>(
  method: string,
  path: string,
  options?: CallOptions,
) => Promise<Answer<Body>>;

export interface Person {
  email: string;
  token: string;
  refreshToken: string;
  user: { id: string; username: string; email: string };
  /** With the person's token, paths under /api/v1. */
  call: <Body = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<Answer<Body>>;
}

export interface ServerRow {
  id: string;
  name: string;
  url: string;
  status: string;
  tool_count: number | null;
}

export interface Mailbox {
  count: (email: string) => Promise<number>;
  /** The code of the newest mail, once there are more than `known`. */
  codeFor: (email: string, known?: number) => Promise<string>;
  /** The path and fragment of the link of the newest mail, once there are more than `known`. */
  linkFor: (email: string, known?: number) => Promise<string>;
}

export interface TestApp {
  url: string;
  /** Of METRICS_PORT, where it was asked for. */
  metricsUrl: string;
  clock: MovableClock;
  api: Api;
  mailbox: Mailbox;
  /** In an account of their own unless the address is given. */
  signIn: (email?: string) => Promise<Person>;
  /** Registered, checked and online. */
  addServer: (person: Person, url: string, fields?: Record<string, unknown>) => Promise<ServerRow>;
  /** Given to another instance it makes the second process of the same product. */
  databaseUrl: string;
  dataDirectory: string;
  /** A part of the running product, for what cannot be seen from outside in time. */
  get: <Part>(type: abstract new (...given: never[]) => Part) => Part;
  stop: () => Promise<void>;
}

const SETTINGS = {
  NODE_ENV: 'test',
  PORT: '0',
  HOST: '127.0.0.1',
  SECRET_KEY: 'a secret of tests only, long enough to be one',
  DEMO_SERVER: 'false',
  RATE_LIMIT_RPM: '0',
  RATE_LIMIT_AUTH_RPM: '0',
  RATE_LIMIT_USER_RPM: '0',
  RATE_LIMIT_KEY_RPM: '0',
  OTP_COOLDOWN_SECONDS: '0',
  LLM_PROVIDER: 'offline',
  LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
  LOG_FORMAT: 'json',
};

/** The whole product in this process, as `npm start` has it, on a database and a folder of its own. */
export async function startTestApp(settings: Record<string, string> = {}): Promise<TestApp> {
  const template = await createMigratedTemplate(migrateWholly);
  const database = await createTestDatabase({ template });
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-app-'));
  const config = readConfig({
    ...SETTINGS,
    DATA_DIR: folder,
    DATABASE_URL: toUrl(database.connection),
    ...settings,
  });
  const clock = new MovableClock();
  const running = await startApplication(config, clock);
  const url = running.url.replace('localhost', '127.0.0.1');
  const api = apiAt(url);
  const mailbox = mailboxOf(api);
  return {
    url,
    metricsUrl: `http://127.0.0.1:${running.metricsPort}/metrics`,
    clock,
    api,
    mailbox,
    signIn: signInBy(api, mailbox),
    addServer: addServerBy,
    databaseUrl: config.database.url ?? '',
    dataDirectory: config.dataDirectory,
    get: (type) => running.app.get(type, { strict: false }),
    stop: async () => {
      await running.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function migrateWholly({ connection }: TestDatabase): Promise<void> {
  const config = readConfig({ ...SETTINGS, DATABASE_URL: toUrl(connection) });
  const opened = await openDatabase(config, createLogger(config.log));
  await opened.close();
}

/** The settings know URLs only; a socket's folder becomes the percent-encoded host that the driver reads. */
function toUrl(connection: DatabaseConnection): string {
  if ('url' in connection) return connection.url;
  const { host, port, user, password, database } = connection;
  const [name, secret, place] = [user, password, host].map(encodeURIComponent);
  return `postgres://${name}:${secret}@${place}:${port}/${database}`;
}

function apiAt(url: string): Api {
  return async <Body>(method: string, path: string, { token, body, headers = {} }: CallOptions = {}) => {
    const answer = await fetch(url + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    // The stream of a call ends with it; what is followed does not end.
    const isEndless = method === 'GET' && answer.headers.get('content-type') === 'text/event-stream';
    if (isEndless) await answer.body?.cancel();
    const bytes = isEndless ? Buffer.alloc(0) : Buffer.from(await answer.arrayBuffer());
    const text = bytes.toString('utf8');
    const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '') && text !== '';
    const { status, headers: received } = answer;
    return { status, headers: received, bytes, text, body: (isJson ? JSON.parse(text) : undefined) as Body };
  };
}

function mailboxOf(api: Api): Mailbox {
  const list = async (email: string) =>
    (await api<{ code: string; link: string }[]>('GET', `/dev/mailbox/messages?to=${encodeURIComponent(email)}`)).body;
  const newest = async (email: string, known: number) =>
    (
      await eventually(
        () => list(email),
        ({ length }) => length > known,
      )
    )[0];
  return {
    count: async (email) => (await list(email)).length,
    codeFor: async (email, known = 0) => (await newest(email, known))?.code ?? '',
    linkFor: async (email, known = 0) => {
      const link = (await newest(email, known))?.link ?? '';
      return link.slice(link.indexOf('/link/'));
    },
  };
}

function signInBy(api: Api, mailbox: Mailbox): TestApp['signIn'] {
  let people = 0;
  return async (given) => {
    people += 1;
    const email = given ?? `person-${people}-${Date.now()}@example.com`;
    const known = await mailbox.count(email);
    await api('POST', '/api/v1/auth/otp/request', { body: { email } });
    const code = await mailbox.codeFor(email, known);
    const { body } = await api<{ access_token: string; refresh_token: string; user: Person['user'] }>(
      'POST',
      '/api/v1/auth/otp/verify',
      { body: { email, code } },
    );
    const { access_token: token, refresh_token: refreshToken, user } = body;
    if (!token) throw new Error(`${email} could not sign in: ${JSON.stringify(body)}`);
    const call: Person['call'] = (method, path, sent) =>
      api(method, `/api/v1${path}`, { token, ...(sent !== undefined && { body: sent }) });
    return { email, token, refreshToken, user, call };
  };
}

let servers = 0;

const addServerBy: TestApp['addServer'] = async (person, url, fields = {}) => {
  servers += 1;
  const made = await person.call<ServerRow>('POST', '/servers', {
    name: `Server ${servers}`,
    url,
    auth_method: 'none',
    ...fields,
  });
  if (made.status !== 201) throw new Error(`The server was not added: ${made.text}`);
  return eventually(
    () => person.call<ServerRow>('GET', `/servers/${made.body.id}`).then(({ body }) => body),
    ({ status, tool_count }) => status === 'online' && tool_count !== null,
  );
};

/** Asks until the answer fits: for what is done by a job, in its own time. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  fits: (value: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  for (const giveUpAt = Date.now() + withinMs; ;) {
    const value = await ask();
    if (fits(value)) return value;
    if (Date.now() > giveUpAt) throw new Error(`It did not come about: ${JSON.stringify(value)?.slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
