import type { DurableEvent } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { PlanId, ServerId, SessionId } from '../../platform/ids.js';
import { ProposalsService } from '../plans/proposals.service.js';
import { Scenes } from '../plans/scenes.js';
import { ToolsService } from '../registry/tools.service.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { Answer } from './asking.js';
import type { ModelFailure, ModelReply } from './language-model.port.js';
import { LIMITS, type Turn } from './turn.js';
import { SessionStatus } from './session-status.js';
import { TurnQueue } from './turn-queue.js';
import { TurnsRepository } from './turns.repository.js';

/** Stores what the model said, in one transaction with what follows from it. */
@Injectable()
export class TurnEndings {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly turns: TurnsRepository,
    private readonly queue: TurnQueue,
    private readonly proposals: ProposalsService,
    private readonly tools: ToolsService,
    private readonly scenes: Scenes,
    private readonly status: SessionStatus,
    private readonly log: SessionLog,
    private readonly clock: Clock,
  ) {}

  /** The problems of a plan that cannot run; nothing is stored then. */
  async end(
    sessionId: SessionId,
    turn: Turn,
    claim: string,
    messageId: string,
    answer: Answer,
  ): Promise<readonly string[] | undefined> {
    const { reply, notes } = answer;
    // Outside the transaction: a server may have to be asked.
    const tools = new Map((await this.toolsOf(reply)).map((tool) => [tool.name, tool]));
    return this.database
      .transaction(async () => {
        const session = await this.sessions.lock(sessionId);
        if (!(await this.holds(turn, claim))) return undefined;
        const text = reply.text.replaceAll('\u0000', '').slice(0, LIMITS.replyCharacters);
        await this.log.append(
          sessionId,
          notes.map((note) => this.note(note)),
        );
        if (text !== '') await this.log.append(sessionId, [this.said(turn, messageId, text, answer)]);

        const tokens = turn.tokens + reply.usage.inputTokens + reply.usage.outputTokens;
        let planId: PlanId | null = null;
        if (reply.nodes.length > 0) {
          const title = titleOf(turn, reply);
          const scene = await this.scenes.of(session);
          await this.supersede(turn);
          const proposed = await this.proposals.propose(session, turn.id, { title, calls: reply.nodes }, tools, scene);
          if (!proposed.ok) return refuse(proposed.problems);
          planId = proposed.plan.id;
        }
        const providerState = reply.providerState ?? null;
        const createdAt = this.clock.now();
        await this.turns.insertReply({
          id: messageId,
          sessionId,
          turnId: turn.id,
          planId,
          text,
          providerState,
          createdAt,
        });
        const contextTokens = reply.usage.inputTokens + reply.usage.outputTokens;
        await this.sessions.update(sessionId, { contextTokens });
        const connection = await this.status.of({ ...session, contextTokens });
        this.database.afterCommit(() => this.log.pass(sessionId, { type: 'connection_status', payload: connection }));
        await this.turns.update(turn.id, {
          tokens,
          graphs: turn.graphs + (planId === null ? 0 : 1),
          ...(planId === null ? {} : { status: 'waiting' as const, claim: null }),
        });
        if (planId === null) await this.queue.end(turn, 'done');
        await this.queue.startNext(sessionId);
        return undefined;
      })
      .catch((error: unknown) => {
        if (error instanceof Refusal) return error.problems;
        throw error;
      });
  }

  /** The message is kept, the reason is told, and the next one gets its turn. */
  async fail(turn: Turn, claim: string, failure: ModelFailure): Promise<void> {
    await this.database.transaction(async () => {
      await this.sessions.lock(turn.sessionId);
      if (!(await this.holds(turn, claim))) return;
      const { code, message, retryable, details } = failure;
      await this.log.append(turn.sessionId, [
        { type: 'error', payload: { code, message, retryable, turn_id: turn.id, ...(details && { details }) } },
      ]);
      await this.queue.end(turn, 'failed', message);
      await this.queue.startNext(turn.sessionId);
    });
  }

  private async toolsOf(reply: ModelReply) {
    const serverIds = new Set(reply.nodes.map(({ serverId }) => serverId as ServerId));
    const lists = await Promise.all([...serverIds].map((id) => this.tools.listTools(id)));
    return lists.flat();
  }

  private async holds(turn: Turn, claim: string): Promise<boolean> {
    const current = await this.turns.find(turn.sessionId, turn.id);
    return current?.status === 'running' && current.claim === claim;
  }

  /** Older turns whose plan still waited for a person: the new plan takes its place. */
  private async supersede(turn: Turn): Promise<void> {
    const waiting = await this.turns.listByStatus(turn.sessionId, ['waiting']);
    for (const older of waiting) await this.queue.end(older, 'superseded', 'a newer plan took its place');
  }

  private note(message: string): DurableEvent {
    const timestamp = this.clock.now().toISOString();
    return { type: 'log_entry', payload: { timestamp, level: 'info', message, source: 'agent' } };
  }

  private said(turn: Turn, messageId: string, text: string, { model, insteadOf }: Answer): DurableEvent {
    const timestamp = this.clock.now().toISOString();
    return {
      type: 'chat_message',
      payload: {
        message_id: messageId,
        sender: 'AGENT',
        text,
        timestamp,
        turn_id: turn.id,
        model: model.name,
        ...(insteadOf && { instead_of: insteadOf.name }),
      },
    };
  }
}

class Refusal extends Error {
  constructor(readonly problems: readonly string[]) {
    super('The proposed plan cannot run.');
  }
}

/** Thrown to undo what the transaction did so far. */
function refuse(problems: readonly string[]): never {
  throw new Refusal(problems);
}

function titleOf(turn: Turn, reply: ModelReply): string {
  const first = turn.text?.trim().split('\n', 1)[0] ?? reply.nodes[0]?.title ?? 'Plan';
  return first.slice(0, 120);
}
