import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../platform/config/config.js';
import { Logger } from '../../platform/logging/logger.js';
import { CONFIG } from '../../platform/tokens.js';
import type { Session } from '../sessions/session.js';
import { costOf } from '../usage/usage.js';
import { UsageService } from '../usage/usage.service.js';
import { budgetExhausted } from './agent.errors.js';
import { countTokens, fit } from './fitting.js';
import { ModelFailure, type ModelReply, type ModelRequest, type RespondOptions } from './language-model.port.js';
import { LanguageModels, type OfferedModel } from './language-models.port.js';
import { ModelChoice } from './model-choice.js';
import { ModelObserver } from './model-observer.js';
import { LIMITS, type Turn } from './turn.js';

/** A reservation outlives the reply, so that a slow settling frees nothing too early. */
const RESERVED_AFTER_MS = 60_000;

export interface Answer {
  reply: ModelReply;
  model: OfferedModel;
  /** The session's own, where another one stood in for it. */
  insteadOf?: OfferedModel;
  /** What people should know of how it came about: who stood in for whom, what was left out. */
  notes: string[];
}

type Question = Pick<ModelRequest, 'history' | 'tools' | 'wordsOnly' | 'now'>;

/** Asks the session's model, or who stands in for it, within the budgets. */
@Injectable()
export class Asking {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly models: LanguageModels,
    private readonly choice: ModelChoice,
    private readonly usage: UsageService,
    private readonly observer: ModelObserver,
    private readonly logger: Logger,
  ) {}

  /** @throws ModelFailure, BUDGET_EXHAUSTED among them; or the signal's reason when aborted */
  async ask(session: Session, turn: Turn, question: Question, options: RespondOptions): Promise<Answer> {
    const chosen = this.choice.resolve(session.model);
    const order = this.choice.order(chosen);
    const notes = this.tellResting(chosen, order);
    for (const [place, model] of order.entries()) {
      try {
        const { reply, notes: further } = await this.attempt(session, turn, model, question, options);
        this.choice.answered(model);
        const standIn = model.id === chosen.id ? {} : { insteadOf: chosen };
        return { reply, model, ...standIn, notes: [...notes, ...further] };
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        const { failure, said } = error;
        if (options.signal.aborted) throw failure;
        const next = order[place + 1];
        // Words that were said cannot be taken back by another model.
        if (!this.choice.failed(model, failure) || said || !next) throw failure;
        notes.push(`${model.name} could not answer (${failure.code}), so ${next.name} does. ${failure.message}`);
      }
    }
    throw new Error('No model was asked.');
  }

  private tellResting(chosen: OfferedModel, order: readonly OfferedModel[]): string[] {
    const rest = this.choice.restOf(chosen.id);
    const [first] = order;
    if (!rest || !first || first.id === chosen.id) return [];
    const until = rest.until.toISOString().slice(11, 19);
    return [`${first.name} answers: ${chosen.name} is not asked until ${until} UTC, as ${rest.why}.`];
  }

  private async attempt(
    session: Session,
    turn: Turn,
    model: OfferedModel,
    { history, tools, ...question }: Question,
    { signal, onDelta }: RespondOptions,
  ): Promise<{ reply: ModelReply; notes: string[] }> {
    if (model.provider === 'offline') {
      const limits = { maxNodes: LIMITS.nodesPerGraph, maxOutputTokens: LIMITS.outputTokens };
      const planner = await this.models.open(model.id);
      const request = { ...question, history, tools, limits, notes: [] };
      const options = { signal, onDelta };
      const reply = await this.observer.watch(model.name, options, () => planner.respond(request, options));
      return { reply, notes: [] };
    }
    const maxOutputTokens = Math.min(LIMITS.outputTokens, Math.floor(model.contextTokens / 4));
    const { notes, ...fitted } = fit(history, tools, { ...model, maxOutputTokens });
    const request: ModelRequest = {
      ...question,
      ...fitted,
      limits: { maxNodes: LIMITS.nodesPerGraph, maxOutputTokens },
      notes,
    };
    const inputTokens = countTokens([request.history, request.tools]);
    await this.reserve(session, turn, model, { inputTokens, outputTokens: maxOutputTokens });
    let saidBytes = 0;
    const heard: RespondOptions = {
      signal,
      onDelta: (delta) => {
        saidBytes += Buffer.byteLength(delta);
        onDelta(delta);
      },
    };
    let reply: ModelReply;
    try {
      const opened = await this.models.open(model.id);
      reply = await this.observer.watch(model.name, heard, () => opened.respond(request, heard));
    } catch (error) {
      const wasRead = saidBytes > 0 || signal.aborted || (error instanceof ModelFailure && wasBilled(error));
      await this.settleLost(session, turn, model, wasRead && { inputTokens, outputTokens: Math.ceil(saidBytes / 4) });
      throw error instanceof ModelFailure ? new Unanswered(error, saidBytes > 0) : error;
    }
    await this.settle(session, turn, model, reply.usage);
    return { reply, notes };
  }

  /** What went wrong with the reply is what people must hear of, not that its cost was not written down. */
  private async settleLost(session: Session, turn: Turn, model: OfferedModel, used: ModelReply['usage'] | false) {
    try {
      await (used ? this.settle(session, turn, model, used) : this.usage.release(turn.id));
    } catch (problem) {
      this.logger.warn({ err: problem, model: model.id }, 'usage not settled');
    }
  }

  private async reserve(
    session: Session,
    turn: Turn,
    { price }: OfferedModel,
    most: ModelReply['usage'],
  ): Promise<void> {
    const estimate = { tokens: most.inputTokens + most.outputTokens, microDollars: costOf(price, most) };
    const forMs = this.config.models.timeoutMs + RESERVED_AFTER_MS;
    const exhausted = await this.usage.reserve(turn.id, spenderOf(session), estimate, forMs);
    if (exhausted) throw budgetExhausted(exhausted);
  }

  private async settle(session: Session, turn: Turn, { id, price }: OfferedModel, used: ModelReply['usage']) {
    await this.usage.settle(turn.id, spenderOf(session), id, { ...used, microDollars: costOf(price, used) });
  }
}

class Unanswered extends Error {
  constructor(
    readonly failure: ModelFailure,
    readonly said: boolean,
  ) {
    super(failure.message);
  }
}

const spenderOf = ({ organizationId, userId, id }: Session) => ({ organizationId, userId, sessionId: id });

/** The model did its work; only we cannot use it. */
const wasBilled = ({ code }: ModelFailure): boolean => code === 'MODEL_BAD_REPLY' || code === 'MODEL_CUT_OFF';
