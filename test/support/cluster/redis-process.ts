import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { until } from '../chaos/until.js';
import { freePort } from '../listening.js';
import type { TestRedis } from './test-redis.js';

const START_MS = 10_000;

/** A Redis of its own that may be killed, stopped and emptied; started again, it is on the same port with nothing in it. */
export class RedisProcess implements TestRedis {
  private child: ChildProcess | undefined;
  private exited: Promise<unknown> = Promise.resolve();
  private said = '';
  private readonly url: string;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  get settings() {
    return { REDIS_URL: this.url, REDIS_PREFIX: 'switchyard' };
  }

  /** @throws with what to install where there is no `redis-server` */
  static async start(): Promise<RedisProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-redis-'));
    const redis = new RedisProcess(await freePort(), folder);
    await redis.startAgain();
    return redis;
  }

  async startAgain(): Promise<void> {
    const program = process.env.REDIS_SERVER ?? 'redis-server';
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    const child = spawn(program, [...settings, '--save', '', '--appendonly', 'no'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let fault: Error | undefined;
    child.once('error', (error) => {
      fault = new Error(
        `${program} does not start. Install Redis (apt-get install redis-server), or name it in REDIS_SERVER.`,
        {
          cause: error,
        },
      );
    });
    const keep = (data: Buffer) => {
      this.said = (this.said + data.toString('utf8')).slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.child = child;
    this.exited = once(child, 'exit').catch(() => undefined);
    await until(
      'Redis answers',
      () => {
        if (fault) throw fault;
        return this.ask((client) => client.ping());
      },
      START_MS,
      () => this.said,
    );
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.exited;
  }

  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.child?.kill('SIGCONT');
  }

  async flush(): Promise<void> {
    await this.ask((client) => client.flushall());
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** @returns whether it could be asked */
  private async ask(question: (client: Redis) => Promise<unknown>): Promise<boolean> {
    const client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await question(client);
      return true;
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  }
}
