import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { newId, type SessionId } from '../../platform/ids.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { Principal } from '../identity/principal.js';
import { type RerunOn, RerunsService } from '../plans/reruns.service.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { sessionIsBusy } from './agent.errors.js';
import type { Turn } from './turn.js';
import { TurnQueue } from './turn-queue.js';
import { TurnsRepository } from './turns.repository.js';

/** A turn that nobody wrote: a plan is run again from one of its tasks, and the agent reads what came of it. */
@Injectable()
export class RerunTurns {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly access: ServerAccess,
    private readonly turns: TurnsRepository,
    private readonly queue: TurnQueue,
    private readonly reruns: RerunsService,
    private readonly log: SessionLog,
    private readonly tracing: Tracing,
    private readonly clock: Clock,
  ) {}

  /** @throws when something goes on in the session */
  async rerun(principal: Principal, sessionId: SessionId, on: RerunOn): Promise<void> {
    const rerunnable = await this.reruns.find(principal, sessionId, on);
    const facts = { 'app.session_id': sessionId, 'app.node_id': on.nodeId };
    await this.tracing.span('rerun', { facts }, () =>
      this.database.transaction(async () => {
        const { session } = await this.sessions.lockVisible(principal, sessionId);
        await this.access.require(principal, session.serverId, 'use');
        if (on.decisionId && !(await this.reruns.isNew(sessionId, on.decisionId, principal))) return;
        const queued = await this.turns.listByStatus(sessionId, ['queued']);
        if (queued.length > 0 || (await this.queue.isBusy(sessionId))) throw sessionIsBusy();
        for (const older of await this.turns.listByStatus(sessionId, ['waiting'])) {
          await this.queue.end(older, 'superseded', 'a newer plan took its place');
        }
        const turn = await this.begin(sessionId);
        const plan = await this.reruns.propose(principal, session, turn.id, on, rerunnable);
        await this.turns.insertReply({
          id: newId('msg'),
          sessionId,
          turnId: turn.id,
          planId: plan.id,
          text: '',
          providerState: null,
          createdAt: this.clock.now(),
        });
      }),
    );
  }

  private async begin(sessionId: SessionId): Promise<Turn> {
    const now = this.clock.now();
    const turn: Turn = {
      id: newId('turn', now.getTime()),
      sessionId,
      text: null,
      clientMsgId: null,
      status: 'waiting',
      graphs: 1,
      tokens: 0,
      claim: null,
      createdAt: now,
      startedAt: now,
      finishedAt: null,
    };
    await this.turns.insert(turn);
    await this.log.append(sessionId, [{ type: 'turn_started', payload: { turn_id: turn.id } }]);
    return turn;
  }
}
