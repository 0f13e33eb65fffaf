import { TURN_OUTCOMES, type TurnOutcome } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThanOrEqual, MoreThanOrEqual, Not } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import type { SessionId, TurnId } from '../../platform/ids.js';
import { AgentReplyEntity } from './agent-reply.entity.js';
import type { AgentReply, Turn, TurnStatus } from './turn.js';
import { TurnEntity } from './turn.entity.js';

interface CopiedTurn {
  id: string;
  copy: string;
  outcome: TurnOutcome;
  at: string;
}

/** All of it is asked for inside a session that the caller may see or has locked. */
@Injectable()
export class TurnsRepository {
  constructor(private readonly database: Database) {}

  async insert(turn: Turn): Promise<void> {
    await this.database.entities.insert(TurnEntity, turn);
  }

  async insertReply(reply: AgentReply): Promise<void> {
    await this.database.entities.insert(AgentReplyEntity, reply as AgentReply & { providerState: object });
  }

  /** Ended turns of the one session, as they had ended, in the other. */
  async copy(from: SessionId, to: SessionId, turns: readonly CopiedTurn[]): Promise<void> {
    await this.database.sql(
      `insert into turns (id, session_id, text, status, graphs, tokens, created_at, started_at, finished_at)
       select copy.id, $2, t.text, copy.outcome, t.graphs, t.tokens, t.created_at, t.started_at, copy.at
       from unnest($3::text[], $4::text[], $5::text[], $6::timestamptz[]) as copy (old, id, outcome, at)
       join turns t on t.session_id = $1 and t.id = copy.old`,
      [
        from,
        to,
        turns.map(({ id }) => id),
        turns.map(({ copy }) => copy),
        turns.map(({ outcome }) => outcome),
        turns.map(({ at }) => at),
      ],
    );
  }

  async listEnded(sessionId: SessionId, until: Date): Promise<{ id: string; outcome: TurnOutcome; at: string }[]> {
    const found = await this.database.entities.find(TurnEntity, {
      where: { sessionId, status: In([...TURN_OUTCOMES]), finishedAt: LessThanOrEqual(until) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    return found.map(({ id, status, finishedAt }) => ({
      id,
      outcome: status as TurnOutcome,
      at: (finishedAt ?? until).toISOString(),
    }));
  }

  async update(id: TurnId, change: Partial<Omit<Turn, 'id' | 'sessionId'>>): Promise<void> {
    await this.database.entities.update(TurnEntity, { id }, change);
  }

  async find(sessionId: SessionId, id: TurnId): Promise<Turn | undefined> {
    return ((await this.database.entities.findOneBy(TurnEntity, { sessionId, id })) as Turn | null) ?? undefined;
  }

  async findByClientMessage(sessionId: SessionId, clientMsgId: string): Promise<Turn | undefined> {
    const found = await this.database.entities.findOneBy(TurnEntity, { sessionId, clientMsgId });
    return (found as Turn | null) ?? undefined;
  }

  /** Oldest first. */
  async listByStatus(sessionId: SessionId, statuses: readonly TurnStatus[]): Promise<Turn[]> {
    const found = await this.database.entities.find(TurnEntity, {
      where: { sessionId, status: In([...statuses]) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    return found as Turn[];
  }

  /** Whether a turn that nobody asked for was made at that moment or later. */
  async hasUnaskedSince(sessionId: SessionId, moment: Date): Promise<boolean> {
    const where = { sessionId, text: IsNull(), createdAt: MoreThanOrEqual(moment) };
    return (await this.database.entities.countBy(TurnEntity, where)) > 0;
  }

  async findLastFailed(sessionId: SessionId): Promise<Turn | undefined> {
    const found = await this.database.entities.findOne(TurnEntity, {
      where: { sessionId },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
    return found?.status === 'failed' ? (found as Turn) : undefined;
  }

  /** The newest ones that have begun, oldest first. */
  async listBegun(sessionId: SessionId, limit: number): Promise<Turn[]> {
    const rows = await this.database.entities.find(TurnEntity, {
      where: { sessionId, startedAt: Not(IsNull()) },
      order: { startedAt: 'DESC' },
      take: limit,
    });
    return (rows as Turn[]).reverse();
  }

  async listReplies(turnIds: readonly TurnId[]): Promise<AgentReply[]> {
    const found = await this.database.entities.find(AgentReplyEntity, {
      where: { turnId: In([...turnIds]) },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    return found as AgentReply[];
  }
}
