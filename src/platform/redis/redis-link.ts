import { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';
import { AppError } from '../errors/app-error.js';
import type { Logger } from '../logging/logger.js';

const CONNECT_MS = 2_000;
/** For each command; Redis answers within a millisecond, or not at all. */
const COMMAND_MS = 1_000;
const LOOK_EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 1_000;
const TOLD_EVERY_MS = 60_000;

/** Answers that say that the settings are wrong, and not the moment. */
const MISTAKES = /^(WRONGPASS|NOAUTH|ERR (AUTH|invalid password|DB index|Client sent AUTH))/;

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
  private toldOfRefusalAt = -TOLD_EVERY_MS;

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

  /**
   * Settles when Redis answers, or after a while without it: it is no reason not to start.
   * @throws AppError REDIS_REFUSES: with this address it never will
   */
  async start(): Promise<void> {
    let refusal: Error | undefined;
    const hear = (error: Error) => {
      if (error.name === 'ReplyError' && MISTAKES.test(error.message)) refusal = error;
    };
    this.client.on('error', hear);
    await this.client.connect().catch(() => undefined);
    this.client.off('error', hear);
    if (refusal) {
      await this.stop();
      throw redisRefuses(refusal);
    }
    this.look = setInterval(() => void this.lookForLife(), LOOK_EVERY_MS);
    if (!this.answers) this.tell('Redis of REDIS_URL does not answer yet; starting without it: sign-in waits for it');
  }

  async stop(): Promise<void> {
    clearInterval(this.look);
    this.client.removeAllListeners('close');
    this.client.disconnect();
  }

  /**
   * For whoever asked in vain. Where no answer came nobody else waits for one until Redis answers again. A refusal is an
   * answer, and concerns nobody else: a full memory, a right that is missing, a key of another kind.
   */
  failed(error: Error): void {
    // What was the master is one no more: the next connection finds the new one.
    if (error.name !== 'ReplyError' || error.message.startsWith('READONLY')) return this.doubt();
    const now = performance.now();
    if (now - this.toldOfRefusalAt < TOLD_EVERY_MS) return;
    this.toldOfRefusalAt = now;
    this.parts.logger.warn({ link: this.parts.name, reason: error.message }, 'Redis refuses');
  }

  private doubt(): void {
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

const redisRefuses = (cause: Error) => {
  const why = cause.message.startsWith('NOAUTH') ? 'it asks for a password' : cause.message;
  return new AppError(
    'unavailable',
    'REDIS_REFUSES',
    `REDIS_URL: Redis answers, but not to us (${why}). Correct the user, the password or the number of the database.`,
    { cause },
  );
};
