import { CODES, type Exchange, type JsonObject, type Reply } from '@app/mcp-gateway';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { untilStored } from '../../platform/database/until-stored.js';
import { Hints } from '../../platform/hints/hints.js';
import { nextHint } from '../../platform/hints/next-hint.js';
import { Logger } from '../../platform/logging/logger.js';
import { type ParkedCall, ParkedCallsRepository } from './parked-calls.repository.js';
import { RunningCall } from './parked-call.js';
import { toolFailure, toRefusal } from './replies.js';

/** What travels with the client. */
export interface ParkedState {
  parked: string;
  round: number;
}

const BEAT_MS = 3_000;
/** A process that is silent for so long has died. */
const ALIVE_MS = 12_000;
/** So long a server waits for an answer. */
const QUESTION_MS = 10 * 60_000;
/** Hints may be lost. */
const LOOK_MS = 1_000;
/** Of one process. */
const MOST = 2_000;
const STOP_MS = 3_000;

const LOST = toolFailure(
  'OUTCOME_UNKNOWN',
  'The process that made this call died before the answer came; it may have had its effect.',
);
const FAILED: Reply = { kind: 'error', code: CODES.internal, message: 'Internal error.' };
const topicOf = (id: string) => `parked-call:${id}`;

/**
 * Calls on servers that ask in the middle of them, for clients that cannot be asked (2026-07-28): the client takes the
 * question away and comes back, to whichever process; meanwhile the call stays open here, and its row says how it stands.
 */
@Injectable()
export class ParkedCalls implements OnApplicationShutdown {
  private readonly calls = new Map<string, RunningCall>();
  private beat: NodeJS.Timeout | undefined;

  constructor(
    private readonly rows: ParkedCallsRepository,
    private readonly hints: Hints,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** What became of them is stored, for clients that come back elsewhere. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.beat);
    const calls = [...this.calls.values()];
    for (const call of calls) call.ends.abort(new Error('This process stops.'));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_MS);
    });
    await Promise.race([Promise.all(calls.map(async ({ kept }) => kept)), late]);
    clearTimeout(timer);
  }

  /** @param run makes the call; what its server asks goes to `call.ask` */
  async start(exchange: Exchange, run: (call: RunningCall) => Promise<Reply>): Promise<Reply> {
    const call = new RunningCall(exchange);
    // What is thrown before it is parked is the caller's; afterwards nobody is there but its row.
    call.start(async () => {
      try {
        return await run(call);
      } catch (error) {
        if (!this.calls.has(call.id)) throw error;
        return toRefusal(error);
      }
    });
    return this.nextReply(call);
  }

  /** The client is back. */
  async goOn({ parked: id, round }: ParkedState, responses: JsonObject, exchange: Exchange): Promise<Reply> {
    const call = this.calls.get(id);
    if (!call) return this.goOnElsewhere(id, round, responses, exchange);
    call.follow(exchange);
    if (call.round === round) call.answer(responses);
    return this.nextReply(call);
  }

  private async nextReply(call: RunningCall): Promise<Reply> {
    const turn = await call.nextTurn();
    if (turn.kind === 'ended') {
      await call.kept;
      return turn.reply;
    }
    if (!this.calls.has(call.id) && this.calls.size >= MOST) {
      call.giveUp();
      return call.ended();
    }
    await this.park(call, turn.questions);
    return toQuestion(call.id, call.round, turn.questions);
  }

  private async park(call: RunningCall, questions: JsonObject): Promise<void> {
    const ask = () => {
      const now = this.clock.now();
      return this.rows.ask(call.id, call.round, questions, { now, aliveUntil: aliveUntil(now) });
    };
    await untilStored(ask, { signal: call.ends.signal });
    call.letGo();
    this.hints.publish(topicOf(call.id));
    if (!this.calls.has(call.id)) {
      this.calls.set(call.id, call);
      call.kept = this.keepEnd(call);
      this.beat ??= setInterval(() => void this.tellAlive(), BEAT_MS).unref();
    }
    void this.watch(call, call.round).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'a parked call could not be followed');
    });
  }

  /** Until somebody answers this round, here or at another process, or nobody does in time. */
  private async watch(call: RunningCall, round: number): Promise<void> {
    const until = this.clock.ms() + QUESTION_MS;
    for (;;) {
      // The next look comes soon.
      const row = await this.hear(call.id, () => this.rows.find(call.id).catch(() => undefined));
      if (call.round !== round || !this.calls.has(call.id)) return;
      if (row?.answers) call.answer(row.answers);
      else if (this.clock.ms() > until) call.giveUp();
      else continue;
      await this.nextReply(call);
      return;
    }
  }

  /** Stored whoever waits for it, or nobody. */
  private async keepEnd(call: RunningCall): Promise<void> {
    const reply = await call.ended().catch((error: unknown) => {
      this.logger.error({ err: error }, 'a parked call failed in an unforeseen way');
      return FAILED;
    });
    await untilStored(() => this.rows.end(call.id, keptOf(reply)));
    this.calls.delete(call.id);
    this.hints.publish(topicOf(call.id));
  }

  /** The call is open at another process, or was. */
  private async goOnElsewhere(id: string, round: number, responses: JsonObject, exchange: Exchange): Promise<Reply> {
    let told = false;
    for (;;) {
      const row = await this.rows.find(id);
      if (!row) return LOST;
      const reply = this.replyOf(id, row, round);
      if (reply) return reply;
      if (!told) {
        told = true;
        await this.rows.answer(id, round, responses);
        this.hints.publish(topicOf(id));
      }
      if (exchange.signal.aborted) return LOST;
      await this.hear(id, async () => undefined);
    }
  }

  private replyOf(id: string, row: ParkedCall, round: number): Reply | undefined {
    if (row.reply) return row.reply;
    if (row.aliveUntil <= this.clock.now()) return LOST;
    return row.round > round ? toQuestion(id, row.round, row.questions) : undefined;
  }

  /** After a hint, or a moment. */
  private async hear<T>(id: string, look: () => Promise<T>): Promise<T> {
    await nextHint(this.hints, topicOf(id), LOOK_MS);
    return look();
  }

  private async tellAlive(): Promise<void> {
    if (this.calls.size === 0) {
      clearInterval(this.beat);
      this.beat = undefined;
      return;
    }
    // The next beat comes soon.
    await this.rows.keepAlive([...this.calls.keys()], aliveUntil(this.clock.now())).catch(() => undefined);
  }
}

const aliveUntil = (now: Date) => new Date(now.getTime() + ALIVE_MS);

const toQuestion = (id: string, round: number, inputRequests: JsonObject): Reply => ({
  kind: 'input_required',
  inputRequests,
  state: { parked: id, round } satisfies ParkedState,
});

const keptOf = (reply: Reply): Reply => (reply.kind === 'result' ? { ...reply, text: reply.text.toString() } : reply);
