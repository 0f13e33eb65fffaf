import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import type { TestRedis } from './test-redis.js';

let instances = 0;

/**
 * A Redis that others may use as well, behind a relay of our own: the relay is what is killed and paused, and only the
 * keys of the test are removed.
 */
export class GivenRedis implements TestRedis {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;
  private isPaused = false;
  private readonly prefix = `test-${process.pid}-${(instances += 1)}`;

  private constructor(
    private readonly given: string,
    private readonly target: URL,
  ) {}

  /** @throws for a URL with TLS: a relay has not the certificate that the product would ask for */
  static async at(given: string): Promise<GivenRedis> {
    const target = new URL(given);
    if (target.protocol !== 'redis:') throw new Error('For tests REDIS_URL has to begin with redis://.');
    const redis = new GivenRedis(given, target);
    await redis.flush();
    await redis.listen();
    return redis;
  }

  get settings() {
    const url = new URL(this.given);
    url.host = `127.0.0.1:${this.port}`;
    return { REDIS_URL: url.href, REDIS_PREFIX: this.prefix };
  }

  async kill(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
    await this.flush();
  }

  async startAgain(): Promise<void> {
    this.isPaused = false;
    await this.listen();
  }

  pause(): void {
    this.isPaused = true;
    for (const socket of this.sockets) socket.pause();
  }

  goOn(): void {
    this.isPaused = false;
    for (const socket of this.sockets) socket.resume();
  }

  async flush(): Promise<void> {
    const client = new Redis(this.given, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    client.on('error', () => undefined);
    try {
      for await (const keys of client.scanStream({ match: `${this.prefix}*` }) as AsyncIterable<string[]>) {
        if (keys.length > 0) await client.unlink(...keys);
      }
    } finally {
      client.disconnect();
    }
  }

  async end(): Promise<void> {
    await this.kill();
  }

  private async listen(): Promise<void> {
    this.server = createServer((client) => this.join(client)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  private join(client: Socket): void {
    const redis = connect(Number(this.target.port || 6379), this.target.hostname);
    for (const [from, to] of [
      [client, redis],
      [redis, client],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (data: Buffer) => to.write(data));
      from.on('error', () => from.destroy());
      from.once('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.isPaused) from.pause();
    }
  }
}
