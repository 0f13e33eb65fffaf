import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createLogger } from '../logging/logger.js';
import { RedisLink } from '../redis/redis-link.js';
import { RedisCarrier } from './redis-carrier.js';

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const array = (...parts: string[]) => `*${parts.length}\r\n${parts.join('')}`;

/** As much of Redis as carries hints (RESP 2); what it holds back it does not answer. */
class TinyRedis {
  readonly published: string[] = [];
  readonly subscribed = new Set<string>();
  /** Called for each command before it is answered. */
  onCommand: (name: string, args: string[]) => void = () => undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TinyRedis> {
    const server = createServer();
    const redis = new TinyRedis(server);
    server.on('connection', (socket) => redis.serve(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    let rest = '';
    socket.on('data', (data: Buffer) => {
      rest += data.toString('utf8');
      for (let read = readCommand(rest); read; read = readCommand(rest)) {
        rest = rest.slice(read.length);
        this.answer(socket, read.words);
      }
    });
  }

  private answer(socket: Socket, [name = '', ...args]: string[]): void {
    const command = name.toLowerCase();
    this.onCommand(command, args);
    if (command === 'info') return void socket.write(bulk('redis_version:7.4.0\r\nloading:0\r\n'));
    if (command === 'publish') {
      this.published.push(args[1] ?? '');
      return void socket.write(':1\r\n');
    }
    if (command !== 'subscribe' && command !== 'unsubscribe') return void socket.write('+OK\r\n');
    for (const channel of args) {
      if (command === 'subscribe') this.subscribed.add(channel);
      else this.subscribed.delete(channel);
      socket.write(array(bulk(command), bulk(channel), `:${this.subscribed.size}\r\n`));
    }
  }
}

function readCommand(text: string): { words: string[]; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let length = head[0].length;
  const words: string[] = [];
  while (words.length < Number(head[1])) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(length));
    if (!size) return undefined;
    const start = length + size[0].length;
    length = start + Number(size[1]) + 2;
    if (text.length < length) return undefined;
    words.push(text.slice(start, length - 2));
  }
  return { words, length };
}

async function until(holds: () => boolean): Promise<void> {
  for (const giveUpAt = performance.now() + 10_000; !holds();) {
    if (performance.now() > giveUpAt) throw new Error('It did not come.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('hints over Redis', () => {
  const logger = createLogger({ level: 'silent', format: 'json' });
  let redis: TinyRedis;
  let commands: RedisLink;
  let carrier: RedisCarrier;

  beforeEach(async () => {
    redis = await TinyRedis.start();
    commands = new RedisLink({ url: redis.url, name: 'tests', logger });
    carrier = new RedisCarrier({ commands, url: redis.url, prefix: 'tests', processId: 'here', logger });
  });
  afterEach(async () => {
    await carrier.stop();
    await commands.stop();
    await redis.stop();
  });

  const start = async () => {
    await commands.start();
    await carrier.start({ onHint: () => undefined, onGap: () => undefined });
    await until(() => carrier.isConnected);
  };

  it('that waited when Redis went away are never sent: by the time it is back they are old news', async () => {
    await start();
    const gaps: string[] = [];
    redis.onCommand = (name, [channel = '']) => {
      if (name === 'publish' && channel === 'tests:gap') gaps.push(channel);
    };
    for (let count = 0; count < 1_000; count += 1) carrier.send({ topic: 'session', data: 'old' });
    commands.failed(new Error('No answer.'));
    await until(() => carrier.isConnected);
    redis.published.length = 0;
    carrier.send({ topic: 'session', data: 'new' });
    await until(() => redis.published.some((text) => text.includes('new')));
    expect(redis.published.filter((text) => text.includes('old'))).toEqual([]);
    // That some were lost is told.
    await until(() => gaps.length > 0);
  });

  it('of a topic that nobody here listens to any more are not asked for, whenever that was', async () => {
    const topics = Array.from({ length: 1_200 }, (_, index) => `t${index}`);
    for (const topic of topics) carrier.listen(topic);
    redis.onCommand = (name, args) => {
      // Between two parts of the long list that it is told of after a connect.
      if (name === 'subscribe' && args.includes('tests:hint:t0')) carrier.unlisten('t1100');
    };
    await start();
    expect(redis.subscribed.size).toBe(1_200);
    expect(redis.subscribed.has('tests:hint:t1100')).toBe(false);
  });
});
