import type { DurableFrame } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { newId, type SessionId, type TurnId } from '../../platform/ids.js';
import { ArtifactsService } from '../artifacts/artifacts.service.js';
import type { Principal } from '../identity/principal.js';
import { ForkedPlans } from '../plans/forked-plans.service.js';
import type { Session } from '../sessions/session.js';
import { type ForkPoint, SessionForks } from '../sessions/session-forks.service.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { nothingToFork } from './agent.errors.js';
import { type EndedTurn, Past, renamed } from './past.js';
import { TurnsRepository } from './turns.repository.js';

/** A session of its own that begins with the history of another one. Only turns that ended are taken. */
@Injectable()
export class ForksService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly forks: SessionForks,
    private readonly turns: TurnsRepository,
    private readonly plans: ForkedPlans,
    private readonly artifacts: ArtifactsService,
    private readonly log: SessionLog,
  ) {}

  /**
   * @param point the turn that it belongs to is taken whole
   * @throws EVENT_NOT_FOUND, MESSAGE_NOT_FOUND, NOTHING_TO_FORK
   */
  async fork(principal: Principal, sessionId: SessionId, point: ForkPoint): Promise<SessionId> {
    return this.database.transaction(async () => {
      const { session: source } = await this.sessions.lockVisible(principal, sessionId);
      const owners = await this.plans.ownersIn(source.id);
      const past = new Past(owners);
      const cut = await this.cutAt(source, point, past);
      const until = await this.read(source, cut, past);
      const ended = await this.endedTurns(source, past, until);
      if (ended.size === 0) throw nothingToFork();

      const fork = await this.forks.open(source, cut);
      const turns = new Map([...ended].map(([id, { at }]) => [id, newId('turn', Date.parse(at))]));
      await this.turns.copy(
        source.id,
        fork.id,
        [...ended].map(([id, end]) => ({ ...end, id, copy: turns.get(id) ?? id })),
      );
      const taken = { source: source.id, fork: fork.id, turns, nodes: past.nodes, until };
      const { ids: plans, closed } = await this.plans.copy(taken);
      const messages = new Map([...past.messages.keys()].map((id) => [id, newId('msg') as string]));
      await this.copyReplies(fork.id, { turns, plans, messages }, until);
      await this.artifacts.share(source.id, fork.id, plans, until);

      const ids = new Map<string, string>([...turns, ...plans, ...messages]);
      for await (const page of this.forks.read(source, cut)) {
        const kept = page.filter((frame) => isTaken(past.turnOf(frame), turns));
        await this.forks.add(
          fork.id,
          kept.map((frame) => renamed(frame, ids)),
        );
      }
      await this.log.append(fork.id, [
        ...past.closedQuestions(new Set(turns.keys())),
        ...closed,
        { type: 'session_updated', payload: { title: fork.title } },
      ]);
      return fork.id;
    });
  }

  /** The end of the turn that the point is in; the point itself, where that goes on or there is none. */
  private async cutAt(source: Session, point: ForkPoint, past: Past): Promise<number> {
    const seq = await this.forks.find(source, point);
    if (point.afterSeq === undefined && point.messageId === undefined) return seq;
    const [frame] = await this.log.read(source.id, seq - 1, 1);
    const turnId = frame && past.turnOf(frame);
    return (turnId === undefined ? undefined : await this.forks.findEnd(source, seq, turnId)) ?? seq;
  }

  /** When it had got to that event. */
  private async read(source: Session, cut: number, past: Past): Promise<Date> {
    let last: DurableFrame | undefined;
    for await (const page of this.forks.read(source, cut)) {
      for (const frame of page) past.take(frame);
      last = page.at(-1);
    }
    return new Date(last?.ts ?? source.updatedAt);
  }

  /** With those of which a trimmed log does not tell any more. */
  private async endedTurns(source: Session, past: Past, until: Date): Promise<Map<string, EndedTurn>> {
    const told = past.ended();
    const { removed } = await this.log.beginning(source.id);
    if (!removed) return told;
    const before = new Date(Math.min(Date.parse(removed.to), until.getTime()));
    const untold = (await this.turns.listEnded(source.id, before)).filter(({ id }) => !past.knows(id));
    return new Map([...untold.map(({ id, ...end }) => [id, end] as const), ...told]);
  }

  /** What the agent said keeps to its message; what it only did has an id of its own. */
  private async copyReplies(
    fork: SessionId,
    { turns, plans, messages }: Record<'turns' | 'plans' | 'messages', ReadonlyMap<string, string>>,
    until: Date,
  ): Promise<void> {
    const replies = await this.turns.listReplies([...turns.keys()] as TurnId[]);
    for (const reply of replies.filter(({ createdAt }) => createdAt <= until)) {
      await this.turns.insertReply({
        ...reply,
        id: messages.get(reply.id) ?? newId('msg', reply.createdAt.getTime()),
        sessionId: fork,
        turnId: turns.get(reply.turnId) as TurnId,
        planId: reply.planId && ((plans.get(reply.planId) ?? null) as typeof reply.planId),
      });
    }
  }
}

const isTaken = (turnId: string | undefined, turns: ReadonlyMap<string, string>): boolean =>
  turnId === undefined || turns.has(turnId);
