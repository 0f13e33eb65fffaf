import type { ConnectionStatus, SessionSnapshot } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type ServerId, type SessionId } from '../../platform/ids.js';
import { Hints } from '../../platform/hints/hints.js';
import { authorize } from '../identity/permissions.js';
import type { Principal } from '../identity/principal.js';
import { nodesForPerson } from '@app/task-graph';
import { PlansService } from '../plans/plans.service.js';
import { QuestionsService } from '../plans/questions.service.js';
import { StopsService } from '../plans/stops.service.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { ServersService } from '../registry/servers.service.js';
import type { McpServer } from '../registry/server.js';
import { type Session, titleFromMessage } from '../sessions/session.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService, UNTITLED } from '../sessions/sessions.service.js';
import { TicketsService } from '../sessions/tickets.service.js';
import { sessionIsOnAnotherServer } from '../sessions/sessions.errors.js';
import { nothingToRetry, nothingToStop, tooManyQueued } from './agent.errors.js';
import { SessionStatus } from './session-status.js';
import { LIMITS, type Turn, turnStopTopic } from './turn.js';
import { TurnQueue } from './turn-queue.js';
import { TurnsRepository } from './turns.repository.js';

/** What a person does in a session, but for decisions on plans. */
@Injectable()
export class ConversationsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly servers: ServersService,
    private readonly access: ServerAccess,
    private readonly tickets: TicketsService,
    private readonly turns: TurnsRepository,
    private readonly queue: TurnQueue,
    private readonly plans: PlansService,
    private readonly questions: QuestionsService,
    private readonly stops: StopsService,
    private readonly status: SessionStatus,
    private readonly log: SessionLog,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** The named session, or the user's latest on the server, or a new one: to read it takes less than to use the server. */
  async open(
    principal: Principal,
    serverId: ServerId,
    sessionId: SessionId | undefined,
  ): Promise<{ session: Session; server: McpServer }> {
    const server = await this.servers.get(principal, serverId);
    if (sessionId === undefined) {
      const latest = await this.sessions.findLatest(principal, serverId);
      if (latest) return { session: latest, server };
      authorize(principal, 'sessions.use');
      await this.access.require(principal, serverId, 'use');
      return { session: await this.sessions.create(principal, serverId), server };
    }
    const session = await this.sessions.get(principal, sessionId);
    if (session.serverId !== serverId) throw sessionIsOnAnotherServer();
    return { session, server };
  }

  /** For one socket on a server that the caller may see. */
  async issueTicket(principal: Principal, serverId: ServerId): Promise<string> {
    const server = await this.servers.get(principal, serverId);
    return this.tickets.issue(principal, server.id);
  }

  /** The same `clientMsgId` is the same message, however often it comes. */
  async postMessage(principal: Principal, sessionId: SessionId, text: string, clientMsgId?: string): Promise<Turn> {
    return this.database.transaction(async () => {
      const { session } = await this.sessions.lockVisible(principal, sessionId);
      await this.access.require(principal, session.serverId, 'use');
      const known = clientMsgId ? await this.turns.findByClientMessage(sessionId, clientMsgId) : undefined;
      if (known) return known;
      const queued = await this.turns.listByStatus(sessionId, ['queued']);
      if (queued.length >= LIMITS.queuedTurns) throw tooManyQueued(LIMITS.queuedTurns);

      const now = this.clock.now();
      const clean = text.replaceAll('\u0000', '');
      const turn: Turn = {
        id: newId('turn', now.getTime()),
        sessionId,
        text: clean,
        clientMsgId: clientMsgId ?? null,
        status: 'queued',
        graphs: 0,
        tokens: 0,
        claim: null,
        createdAt: now,
        startedAt: null,
        finishedAt: null,
      };
      await this.turns.insert(turn);
      const message = {
        message_id: newId('msg', now.getTime()),
        sender: 'USER' as const,
        text: clean,
        timestamp: now.toISOString(),
        turn_id: turn.id,
        ...(clientMsgId === undefined ? {} : { client_msg_id: clientMsgId }),
      };
      await this.log.append(sessionId, [{ type: 'chat_message', payload: message }]);
      if (session.title === UNTITLED && !session.titledByUser) await this.nameAfter(sessionId, clean);
      await this.queue.startNext(sessionId);
      return turn;
    });
  }

  /** Ends what goes on, or drops a message that still waits for its turn. */
  async stop(principal: Principal, sessionId: SessionId, turnId?: string): Promise<void> {
    await this.database.transaction(async () => {
      await this.sessions.lockVisible(principal, sessionId);
      const going = await this.turns.listByStatus(sessionId, ['running', 'waiting', 'queued']);
      const meant = going.filter(({ id, status }) => (turnId === undefined ? status !== 'queued' : id === turnId));
      const open = await this.plans.findOpen(sessionId);
      const stopsPlan = open !== undefined && (turnId === undefined || meant.some(({ id }) => id === open.plan.turnId));
      if (meant.length === 0 && !stopsPlan) throw nothingToStop();

      const notStarted = stopsPlan ? await this.stops.stopOpen(sessionId) : 0;
      const reason = `stopped by ${principal.username}${notStarted > 0 ? ` · ${notStarted} ${notStarted === 1 ? 'task' : 'tasks'} not started` : ''}`;
      for (const turn of meant) await this.queue.end(turn, 'stopped', reason);
      this.database.afterCommit(() => {
        for (const { id } of meant) this.hints.publish(turnStopTopic(id));
      });
      await this.queue.startNext(sessionId);
    });
  }

  async retryTurn(principal: Principal, sessionId: SessionId, turnId?: string): Promise<void> {
    await this.database.transaction(async () => {
      const { session } = await this.sessions.lockVisible(principal, sessionId);
      await this.access.require(principal, session.serverId, 'use');
      const failed = turnId
        ? await this.turns.find(sessionId, turnId as Turn['id'])
        : await this.turns.findLastFailed(sessionId);
      if (failed?.status !== 'failed') throw nothingToRetry();
      await this.turns.update(failed.id, { status: 'queued', finishedAt: null });
      await this.queue.startNext(sessionId);
    });
  }

  /** All that is open in the session, and the number of the last event it takes into account. */
  async snapshot(principal: Principal, sessionId: SessionId): Promise<SessionSnapshot> {
    return this.database.transaction(async () => {
      // Locked, so that what is read belongs to exactly this number.
      const { session } = await this.sessions.lockVisible(principal, sessionId);
      const [running, waiting] = [
        await this.turns.listByStatus(sessionId, ['running']),
        await this.turns.listByStatus(sessionId, ['waiting']),
      ];
      const current = running[0] ?? waiting.at(-1);
      const queued = await this.turns.listByStatus(sessionId, ['queued']);
      const plan = await this.plans.findCurrent(sessionId);
      const nodes = (plan?.nodes ?? []).map(({ id, title, status, depends_on: dependsOn }) => ({
        id,
        title,
        status,
        dependsOn,
      }));
      return {
        session: {
          id: session.id,
          title: session.title,
          server_id: session.serverId,
          created_at: session.createdAt.toISOString(),
        },
        last_seq: session.lastSeq,
        turn: current ? { turn_id: current.id, status: current.status === 'running' ? 'running' : 'waiting' } : null,
        queued_turns: queued.map(({ id, text }) => ({ turn_id: id, text: text ?? '' })),
        plan: plan ?? null,
        pending: nodesForPerson(nodes).map(({ id }) => id),
        questions: await this.questions.listOpen(sessionId),
        sign_ins: await this.questions.listSignIns(sessionId),
        connection: await this.status.of(session),
      };
    });
  }

  async connectionStatus(sessionId: SessionId, principal: Principal): Promise<ConnectionStatus> {
    return this.status.of(await this.sessions.get(principal, sessionId));
  }

  private async nameAfter(sessionId: SessionId, text: string): Promise<void> {
    const title = titleFromMessage(text);
    await this.sessions.update(sessionId, { title });
    await this.log.append(sessionId, [{ type: 'session_updated', payload: { title } }]);
  }
}
