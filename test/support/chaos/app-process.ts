import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../listening.js';
import { until } from './until.js';

const BUILT = process.env.CHAOS_DIST ?? resolve(__dirname, '../../../dist');
const START_MS = 60_000;
/** Many clients come back at once to a process that has just begun. */
const PROBE_MS = 5_000;
const KEPT_OUTPUT = 60_000;

/** The built product as a process that may be killed, always on the same port and data folder. */
export class AppProcess {
  private child: ChildProcess | undefined;
  private exited: Promise<{ code: number | null; signal: string | null }> | undefined;
  private said = '';
  private answer = '';
  readonly url: string;

  private constructor(
    private readonly settings: Readonly<Record<string, string>>,
    readonly port: number,
    private readonly keptOutput: number,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  static async prepare(
    settings: Readonly<Record<string, string>>,
    { keptOutput = KEPT_OUTPUT } = {},
  ): Promise<AppProcess> {
    return new AppProcess(settings, await freePort(), keptOutput);
  }

  /** @returns milliseconds until it answered; a worker that serves nobody answers the same way */
  async start(): Promise<number> {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [resolve(BUILT, 'src/main.js')], {
      cwd: '/',
      env: { ...DEFAULTS, PORT: String(this.port), ...this.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (data: Buffer) => {
      this.said = (this.said + data.toString('utf8')).slice(-this.keptOutput);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.child = child;
    this.exited = once(child, 'exit').then(([code, signal]: unknown[]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }));
    await until(
      'the product answers',
      () => this.answers(),
      START_MS,
      () => `The last answer: ${this.answer}. ${this.said.slice(-2_000)}`,
    );
    return performance.now() - startedAt;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Everything it said lately, over all its lives. */
  get output(): string {
    return this.said;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** @returns how it ended, and milliseconds until then */
  async end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null; ms: number }> {
    const startedAt = performance.now();
    this.child?.kill(signal);
    const how = (await this.exited) ?? { code: null, signal: null };
    return { ...how, ms: performance.now() - startedAt };
  }

  private async answers(): Promise<boolean> {
    if (!this.isRunning) throw new Error(`The product ended by itself: ${this.said.slice(-4_000)}`);
    const answer = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) }).catch(
      (error: Error) => {
        this.answer = error.message;
      },
    );
    if (answer) this.answer = `${answer.status} ${await answer.text().catch((error: Error) => error.message)}`;
    return answer?.status === 200;
  }
}

const DEFAULTS = {
  PATH: process.env.PATH ?? '',
  HOST: '127.0.0.1',
  NODE_ENV: 'test',
  LOG_FORMAT: 'json',
  LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'warn',
  DEMO_SERVER: 'false',
  RATE_LIMIT_RPM: '0',
  RATE_LIMIT_AUTH_RPM: '0',
  RATE_LIMIT_USER_RPM: '0',
  RATE_LIMIT_KEY_RPM: '0',
  OTP_COOLDOWN_SECONDS: '0',
  ACCESS_TOKEN_SECONDS: '7200',
  // Each start compiles the same files.
  NODE_COMPILE_CACHE: join(tmpdir(), 'switchyard-compiled'),
  SECRET_KEY: 'a secret of tests only, long enough to be one',
};

/** Pids of the PostgreSQL servers (not their children) on a data folder. */
export async function postmastersOn(folder: string): Promise<number[]> {
  const found = new Map<number, number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...rest] = command.split('\0');
    if (!/postgres$/.test(program) || !rest.includes('-D') || !command.includes(folder)) continue;
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
    found.set(Number(entry), Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0));
  }
  // A child has its parent's command line until it gives itself a name.
  return [...found].filter(([, parent]) => !found.has(parent)).map(([pid]) => pid);
}
