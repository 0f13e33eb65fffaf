import { type Ageing, NOWHERE, type Pulse } from '@app/soon';
import type { Limits } from '../limits.js';
import { ResumableStream } from './resumable-stream.js';
import { Budget } from './ring.js';

/** Below it, streams that have ended make room before their time. */
const SCARCE = 0.1;

/** Where an event was: its process, its stream, its number. */
export interface EventPlace {
  node: string;
  stream: string;
  seen: number;
  /** Of a stream that belongs to no request, so that another one does as well. */
  isListening: boolean;
}

const EVENT_ID = /^([a-z0-9]+)_([rl][a-z0-9]+)_(\d{1,15})$/;

export function readEventId(id: string): EventPlace | undefined {
  const [, node, stream, seen] = EVENT_ID.exec(id) ?? [];
  if (node === undefined || stream === undefined) return undefined;
  return { node, stream: `${node}_${stream}`, seen: Number(seen), isListening: stream.startsWith('l') };
}

/** The streams of this process that can be come back to. */
export class Streams implements Ageing {
  slot = NOWHERE;
  readonly #streams = new Map<string, ResumableStream>();
  readonly #budget: Budget;
  #count = 0;

  constructor(
    private readonly node: string,
    private readonly limits: Limits,
    private readonly pulse: Pulse,
  ) {
    this.#budget = new Budget(limits.maxKeptBytesOfAll);
  }

  get size(): number {
    return this.#streams.size;
  }

  open(kind: 'request' | 'listening', sessionId: string, onAbandoned: () => void): ResumableStream {
    const id = `${this.node}_${kind === 'request' ? 'r' : 'l'}${(++this.#count).toString(36)}`;
    const { maxKeptEvents, maxKeptBytes } = this.limits;
    const limits = { maxEvents: maxKeptEvents, maxBytes: maxKeptBytes };
    const stream = new ResumableStream(id, sessionId, limits, this.#budget, onAbandoned);
    this.#streams.set(id, stream);
    this.pulse.add(this);
    return stream;
  }

  /** Of that session only. */
  find(id: string, sessionId: string): ResumableStream | undefined {
    const stream = this.#streams.get(id);
    return stream?.sessionId === sessionId ? stream : undefined;
  }

  drop(stream: ResumableStream): void {
    stream.forget();
    this.#streams.delete(stream.id);
  }

  dropAll(belongs: (stream: ResumableStream) => boolean): void {
    for (const stream of this.#streams.values()) if (belongs(stream)) this.drop(stream);
  }

  age(now: number): void {
    if (this.#streams.size === 0) return this.pulse.remove(this);
    const { keepAliveMs, keepStreamMs } = this.limits;
    const isScarce = this.#budget.left < this.#budget.maxBytes * SCARCE;
    for (const stream of this.#streams.values()) {
      const { unreadSince } = stream;
      if (unreadSince === undefined) stream.keepAlive(now, keepAliveMs);
      else if (now - unreadSince > keepStreamMs || (isScarce && stream.ended)) this.#abandon(stream);
    }
  }

  #abandon(stream: ResumableStream): void {
    this.drop(stream);
    stream.onAbandoned();
  }
}
