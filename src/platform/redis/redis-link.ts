import { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';
import type { Logger } from '../logging/logger.js';

const CONNECT_MS = 2_000;
/** For each command; Redis answers within a millisecond, or not at all. */
const COMMAND_MS = 1_000;
const LOOK_EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 1_000;

interface LinkEvents {
  up: [];
  down: [];
}

interface LinkParts {
  url: string;
  /** How Redis names the connection. */
  name: string;
  logger: Logger;
}

/**
 * One connection to Redis that comes back by itself, and knows whether Redis answers: a connection may stand while
 * nobody is at its other end. Commands of a link that is down fail at once.
 */
export class RedisLink extends EventEmitter<LinkEvents> {
  readonly client: Redis;
  private answers = false;
  private look: NodeJS.Timeout | undefined;
  private lastFault = '';

  constructor(private readonly parts: LinkParts) {
    super();
    this.setMaxListeners(0);
    this.client = new Redis(parts.url, {
      lazyConnect: true,
      connectionName: parts.name,
      connectTimeout: CONNECT_MS,
      commandTimeout: COMMAND_MS,
      keepAlive: 10_000,
      // A command is of now: sent again after an outage it would say what nobody asks any more.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(100 * times, LONGEST_PAUSE_MS),
    });
    this.client.on('ready', () => this.turn(true));
    this.client.on('close', () => this.turn(false));
    this.client.on('error', (error: Error) => {
      this.lastFault = error.message;
    });
  }

  get isUp(): boolean {
    return this.answers;
  }

  /** Settles when Redis answers, or after a while without it: it is no reason not to start. */
  async start(): Promise<void> {
    await this.client.connect().catch(() => undefined);
    this.look = setInterval(() => void this.lookForLife(), LOOK_EVERY_MS);
    if (!this.answers) this.tell('Redis does not answer yet; starting without it');
  }

  async stop(): Promise<void> {
    clearInterval(this.look);
    this.client.removeAllListeners('close');
    this.client.disconnect();
  }

  /** For whoever waited for an answer in vain: nobody else has to, until Redis answers again. */
  doubt(): void {
    this.turn(false);
    if (this.client.status === 'ready') this.client.disconnect(true);
  }

  private async lookForLife(): Promise<void> {
    if (this.client.status !== 'ready') return;
    try {
      await this.client.ping();
      this.turn(true);
    } catch (error) {
      this.lastFault = (error as Error).message;
      this.doubt();
    }
  }

  private turn(answers: boolean): void {
    if (this.answers === answers) return;
    this.answers = answers;
    if (answers) this.parts.logger.info({ link: this.parts.name }, 'Redis answers');
    else this.tell('Redis is away');
    this.emit(answers ? 'up' : 'down');
  }

  private tell(message: string): void {
    this.parts.logger.warn({ link: this.parts.name, reason: this.lastFault || undefined }, message);
  }
}
