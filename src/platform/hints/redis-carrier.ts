import type { Logger } from '../logging/logger.js';
import { RedisLink } from '../redis/redis-link.js';
import { type CarriedHint, type CarrierEvents, HintCarrier } from './hint-carrier.js';
import { Outbox } from './outbox.js';
import { decodeHint, encodeHint, encodeHintStart, MAX_HINT_CHARACTERS } from './wire.js';

interface Published {
  channel: string;
  text: string;
}

interface RedisCarrierParts {
  /** Shared with whoever else asks Redis; started and stopped by its owner. */
  commands: RedisLink;
  url: string;
  prefix: string;
  processId: string;
  logger: Logger;
}

const LIMITS = { count: 10_000, bytes: 16 * 1024 * 1024, batch: 250 };
const CHANNELS_AT_A_TIME = 500;

/**
 * Hints over Redis, a channel for each topic: a process hears only what somebody in it listens to. While Redis is away
 * nothing is kept for later; whoever could not say something tells all when it can that they may have missed it.
 */
export class RedisCarrier extends HintCarrier {
  readonly isForListeners = true;
  private readonly subscriber: RedisLink;
  private readonly outbox: Outbox<Published>;
  /** What is listened to here, and what Redis was told of it. */
  private readonly wanted = new Set<string>();
  private readonly told = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly ownStart: string;
  private events: CarrierEvents | undefined;
  private subscribed = false;
  private owesGap = false;

  constructor(private readonly parts: RedisCarrierParts) {
    super();
    const { url, logger, commands, processId } = parts;
    this.ownStart = encodeHintStart(processId);
    this.subscriber = new RedisLink({ url, name: 'switchyard-hints', logger });
    this.outbox = new Outbox(
      LIMITS,
      (batch) => this.publish(batch),
      (error) => {
        logger.debug({ reason: error.message }, 'hints not sent');
        this.owesGap = true;
        commands.failed(error);
      },
    );
  }

  get isConnected(): boolean {
    return this.subscribed && this.parts.commands.isUp;
  }

  async start(events: CarrierEvents): Promise<void> {
    this.events = events;
    const { client } = this.subscriber;
    client.on('message', (channel: string, text: string) => this.receive(channel, text));
    this.subscriber.on('up', () => void this.subscribeToAll());
    this.subscriber.on('down', () => {
      this.subscribed = false;
    });
    this.parts.commands.on('up', () => this.tellGap());
    this.parts.commands.on('down', () => {
      if (this.outbox.clear() > 0) this.owesGap = true;
    });
    await this.subscriber.start();
  }

  async stop(): Promise<void> {
    await this.outbox.flush(() => this.parts.commands.isUp);
    await this.subscriber.stop();
  }

  send(hint: CarriedHint): void {
    const text = encodeHint(this.parts.processId, hint);
    if (text.length > MAX_HINT_CHARACTERS) return;
    if (!this.parts.commands.isUp || !this.outbox.add({ channel: this.channelOf(hint.topic), text })) {
      this.owesGap = true;
      return;
    }
    void this.flush();
  }

  listen(topic: string): void {
    this.want(topic, true);
  }

  unlisten(topic: string): void {
    this.want(topic, false);
  }

  private get gapChannel(): string {
    return `${this.parts.prefix}:gap`;
  }

  private channelOf(topic: string): string {
    return `${this.parts.prefix}:hint:${topic}`;
  }

  private async publish(batch: readonly Published[]): Promise<void> {
    const pipeline = this.parts.commands.client.pipeline();
    for (const { channel, text } of batch) pipeline.publish(channel, text);
    const results = await pipeline.exec();
    const fault = results?.find(([error]) => error)?.[0];
    if (fault) throw fault;
  }

  private async flush(): Promise<void> {
    await this.outbox.flush(() => this.parts.commands.isUp);
    if (this.owesGap && this.parts.commands.isUp) this.tellGap();
  }

  private tellGap(): void {
    if (!this.owesGap) return;
    this.owesGap = false;
    this.parts.commands.client.publish(this.gapChannel, this.parts.processId).catch(() => {
      this.owesGap = true;
    });
  }

  private receive(channel: string, text: string): void {
    if (channel === this.gapChannel) {
      if (text !== this.parts.processId) this.events?.onGap();
      return;
    }
    // Our own words come back to us; they need no reading.
    if (text.startsWith(this.ownStart) || text.length > MAX_HINT_CHARACTERS) return;
    const hint = decodeHint(text);
    if (hint) this.events?.onHint(hint);
  }

  private want(topic: string, wanted: boolean): void {
    if (wanted) this.wanted.add(topic);
    else this.wanted.delete(topic);
    if (!this.subscriber.isUp) return;
    if (this.changed.size === 0) queueMicrotask(() => this.tellRedis());
    this.changed.add(topic);
  }

  /** Many topics in one command; the last word on each counts. */
  private tellRedis(): void {
    const topics = [...this.changed];
    this.changed.clear();
    if (!this.subscriber.isUp) return;
    const fresh = topics.filter((topic) => this.wanted.has(topic) && !this.told.has(topic));
    const stale = topics.filter((topic) => !this.wanted.has(topic) && this.told.has(topic));
    const ignore = () => undefined;
    for (const topic of stale) this.told.delete(topic);
    if (stale.length > 0) {
      this.subscriber.client.unsubscribe(...stale.map((topic) => this.channelOf(topic))).catch(ignore);
    }
    void this.subscribe(fresh).catch((error: Error) => this.subscriber.failed(error));
  }

  private async subscribe(topics: readonly string[]): Promise<void> {
    for (let from = 0; from < topics.length; from += CHANNELS_AT_A_TIME) {
      // The list is long, and each part of it is waited for: meanwhile some may be wanted no more.
      const some = topics.slice(from, from + CHANNELS_AT_A_TIME).filter((topic) => this.wanted.has(topic));
      if (some.length === 0) continue;
      for (const topic of some) this.told.add(topic);
      await this.subscriber.client.subscribe(...some.map((topic) => this.channelOf(topic)));
    }
  }

  /** After each connect: Redis knows nothing of us, and what was said meanwhile is gone. */
  private async subscribeToAll(): Promise<void> {
    this.told.clear();
    try {
      await this.subscriber.client.subscribe(this.gapChannel);
      await this.subscribe([...this.wanted]);
      this.subscribed = true;
      this.events?.onGap();
    } catch (error) {
      this.subscriber.failed(error as Error);
    }
  }
}
