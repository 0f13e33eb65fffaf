import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { toAppError } from '../../platform/errors/app-error.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type SessionId, type TurnId } from '../../platform/ids.js';
import { Claims } from '../../platform/jobs/claims.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { CONFIG } from '../../platform/tokens.js';
import { PlansService } from '../plans/plans.service.js';
import type { Session } from '../sessions/session.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { Deltas } from './deltas.js';
import type { Answer } from './asking.js';
import { ModelFailure } from './language-model.port.js';
import { runTurn } from './run-turn.job.js';
import { SessionModels } from './session-models.service.js';
import { type RefusedReply, Thinking } from './thinking.js';
import { type Turn, turnStopTopic } from './turn.js';
import { TurnEndings } from './turn-endings.js';
import { TurnsRepository } from './turns.repository.js';

const LOOK_AGAIN_MS = 500;
/** For a second job of a turn that somebody thinks about: that one may still die. */
const LOOK_AFTER_HOLDER_MS = 2_000;
/** A hint that a turn was stopped may be lost: then it is seen this late. */
const LOOK_FOR_STOP_MS = 5_000;

interface Begun {
  session: Session;
  turn: Turn;
  claim: string;
}

/** Thinks about one turn: begins it, asks the model, ends it with words or a plan. */
@Injectable()
export class TurnRunner {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly turns: TurnsRepository,
    private readonly plans: PlansService,
    private readonly sessionModels: SessionModels,
    private readonly thinking: Thinking,
    private readonly endings: TurnEndings,
    private readonly log: SessionLog,
    private readonly jobs: Jobs,
    private readonly hints: Hints,
    private readonly claims: Claims,
    private readonly tracing: Tracing,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  async run(sessionId: SessionId, turnId: TurnId, ending: AbortSignal): Promise<void> {
    const stop = new AbortController();
    // Before the turn begins, so that a stop in between is not missed.
    const unsubscribe = this.hints.subscribe(turnStopTopic(turnId), () => stop.abort());
    const claim = this.claims.take();
    let looking: NodeJS.Timeout | undefined;
    try {
      const begun = await this.begin(sessionId, turnId, claim);
      if (!begun) return;
      looking = setInterval(() => void this.lookForStop(sessionId, turnId, claim, stop), LOOK_FOR_STOP_MS);
      const facts = { 'app.session_id': sessionId, 'app.turn_id': turnId };
      await this.tracing.span('turn', { facts }, () => this.think(begun, stop.signal, ending));
    } finally {
      clearInterval(looking);
      unsubscribe();
      this.claims.release(claim);
    }
  }

  private async lookForStop(sessionId: SessionId, turnId: TurnId, claim: string, stop: AbortController): Promise<void> {
    // Without an answer the next look tells.
    const turn = await this.turns.find(sessionId, turnId).catch(() => undefined);
    if (turn && turn.claim !== claim) stop.abort();
  }

  private async begin(sessionId: SessionId, turnId: TurnId, claim: string): Promise<Begun | undefined> {
    return this.database.transaction(async () => {
      const locked = await this.sessions.lock(sessionId);
      const turn = await this.turns.find(sessionId, turnId);
      if (!turn || !['queued', 'waiting', 'running'].includes(turn.status)) return undefined;
      if (turn.status === 'running' && (await this.claims.isHeld(turn.claim))) {
        return this.comeBack(sessionId, turnId, LOOK_AFTER_HOLDER_MS);
      }
      // Its graph is stored already: the job that stored it died before it was ticked off.
      if (turn.status === 'waiting' && (await this.plans.findOpen(sessionId))?.plan.turnId === turnId) return undefined;
      const others = (await this.turns.listByStatus(sessionId, ['running'])).filter(({ id }) => id !== turnId);
      // Another turn is being thought about; this one's plan ended meanwhile.
      if (others.length > 0) return this.comeBack(sessionId, turnId, LOOK_AGAIN_MS);

      const startedAt = turn.startedAt ?? this.clock.now();
      await this.turns.update(turnId, { status: 'running', claim, startedAt });
      if (turn.status === 'queued') {
        const payload = { turn_id: turnId, ...(turn.clientMsgId === null ? {} : { client_msg_id: turn.clientMsgId }) };
        await this.log.append(sessionId, [{ type: 'turn_started', payload }]);
      }
      const session = await this.sessionModels.leaveGone(locked);
      return { session, turn: { ...turn, status: 'running', claim, startedAt }, claim };
    });
  }

  private async comeBack(sessionId: SessionId, turnId: TurnId, afterMs: number): Promise<undefined> {
    const runAt = new Date(this.clock.ms() + afterMs);
    await this.jobs.enqueue(runTurn, { sessionId, turnId }, { runAt, key: `turn:${turnId}` });
  }

  private async think(begun: Begun, stop: AbortSignal, ending: AbortSignal): Promise<void> {
    const scoped = new ScopedSignal([stop, ending], this.config.models.timeoutMs);
    try {
      await this.askUntilAnswered(begun, scoped, stop, ending);
    } finally {
      scoped.end();
    }
  }

  private async askUntilAnswered(
    { session, turn, claim }: Begun,
    scoped: ScopedSignal,
    stop: AbortSignal,
    ending: AbortSignal,
  ): Promise<void> {
    const messageId = newId('msg');
    const deltas = new Deltas(this.log, session.id, messageId);
    const { signal } = scoped;
    let refused: RefusedReply | undefined;
    for (;;) {
      let answer: Answer;
      try {
        const options = { signal, onDelta: (delta: string) => deltas.add(delta) };
        answer = await this.thinking.respond(session, turn, options, refused);
      } catch (error) {
        deltas.drop();
        // Whoever stopped the turn has ended it; a process that ends, or has no database, leaves it to the next run.
        if (stop.aborted) return;
        if (ending.aborted || toAppError(error).kind === 'unavailable') throw error;
        return this.fail(turn, claim, scoped.timedOut ? this.tookTooLong() : error);
      }
      deltas.flush();
      const problems = await this.endings.end(session.id, turn, claim, messageId, answer);
      if (!problems) return;
      if (refused) return this.fail(turn, claim, badPlan(problems));
      // The model may mend its plan, once.
      refused = { reply: answer.reply, problems };
    }
  }

  private async fail(turn: Turn, claim: string, error: unknown): Promise<void> {
    const known = error instanceof ModelFailure;
    if (!known) this.logger.error({ err: error }, 'a turn failed in an unforeseen way');
    const failure = known
      ? error
      : new ModelFailure('MODEL_UNAVAILABLE', 'Something went wrong on our side while answering.', true);
    await this.endings.fail(turn, claim, failure);
  }

  private tookTooLong(): ModelFailure {
    const seconds = Math.round(this.config.models.timeoutMs / 1_000);
    return new ModelFailure('MODEL_TIMEOUT', `The model did not answer within ${seconds} s.`, true);
  }
}

const badPlan = (problems: readonly string[]) =>
  new ModelFailure('MODEL_BAD_REPLY', `The model proposed a plan that cannot run: ${problems.join(' ')}`, true);
