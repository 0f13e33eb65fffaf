import { randomUUID } from 'node:crypto';
import type { Interruption, RawResult } from '@app/mcp-client';
import type { Exchange, JsonObject, Reply } from '@app/mcp-gateway';

interface Pending {
  question: JsonObject;
  answer: (result: RawResult) => void;
}

/** What of a call comes first: its end, or questions of its server. */
export type Turn = { kind: 'ended'; reply: Reply } | { kind: 'asked'; questions: JsonObject };

/** A call that goes on while its client is away with a question of its server. */
export class RunningCall {
  readonly id = randomUUID();
  /** Counts the times that its server asked, or had to ask again. */
  round = 0;
  /** Where what the server says now is told. */
  exchange: Exchange;
  readonly ends = new AbortController();
  /** Once it is parked: until its end is stored. */
  kept: Promise<void> | undefined;
  private readonly pending = new Map<string, Pending>();
  private questions = 0;
  private reply: Promise<Reply> | undefined;
  private readonly waiting = new Set<() => void>();
  private unfollow: () => void = () => undefined;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
    this.follow(exchange);
  }

  start(run: () => Promise<Reply>): void {
    this.reply = run();
    this.reply.catch(() => undefined);
  }

  /** As long as its client waits for it, the call ends with the client's wait. */
  follow(exchange: Exchange): void {
    this.exchange = exchange;
    const end = () => this.ends.abort(exchange.signal.reason);
    if (exchange.signal.aborted) return end();
    exchange.signal.addEventListener('abort', end, { once: true });
    this.unfollow = () => exchange.signal.removeEventListener('abort', end);
  }

  /** The client is let go: from now on the call does not end with it. */
  letGo(): void {
    this.unfollow();
  }

  /** Waits for the client's answer. */
  async ask(question: JsonObject, signal: Interruption): Promise<RawResult> {
    const key = `question${(this.questions += 1)}`;
    return new Promise((resolve, reject) => {
      const withdraw = () => {
        this.pending.delete(key);
        reject(new Error('Nobody waits for the answer any more.'));
      };
      signal.addEventListener('abort', withdraw, { once: true });
      const answer = (result: RawResult) => {
        signal.removeEventListener('abort', withdraw);
        this.pending.delete(key);
        resolve(result);
      };
      if (this.pending.size === 0) this.round += 1;
      this.pending.set(key, { question, answer });
      for (const wake of [...this.waiting]) wake();
    });
  }

  /** What is not among the answers is asked again. */
  answer(responses: JsonObject): void {
    for (const [key, { answer }] of [...this.pending]) {
      const response = responses[key];
      if (typeof response === 'object' && response !== null) answer(response as RawResult);
    }
    if (this.pending.size > 0) this.round += 1;
  }

  /** Nobody came back with an answer. */
  giveUp(): void {
    for (const { answer } of [...this.pending.values()]) answer({ action: 'cancel' });
  }

  /** @throws what the call throws */
  async nextTurn(): Promise<Turn> {
    let wake: () => void = () => undefined;
    const asked = new Promise<'asked'>((resolve) => {
      wake = () => resolve('asked');
      this.waiting.add(wake);
      if (this.pending.size > 0) wake();
    });
    const first = await Promise.race([this.ended(), asked]).finally(() => this.waiting.delete(wake));
    if (first !== 'asked') return { kind: 'ended', reply: first };
    return {
      kind: 'asked',
      questions: Object.fromEntries([...this.pending].map(([key, { question }]) => [key, question])),
    };
  }

  /** @throws what the call throws */
  async ended(): Promise<Reply> {
    if (!this.reply) throw new Error('The call was not started.');
    return this.reply;
  }
}
