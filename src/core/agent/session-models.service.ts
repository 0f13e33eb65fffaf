import type { DurableEvent } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import type { SessionId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';
import type { Session } from '../sessions/session.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { OfferedModel } from './language-models.port.js';
import { ModelChoice } from './model-choice.js';
import { SessionStatus } from './session-status.js';

/** Which model answers in a session. */
@Injectable()
export class SessionModels {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly choice: ModelChoice,
    private readonly status: SessionStatus,
    private readonly log: SessionLog,
    private readonly clock: Clock,
  ) {}

  /**
   * From the next reply on.
   * @param wanted an id or a name; nothing is the default, also when that changes
   * @throws AppError MODEL_NOT_OFFERED
   */
  async choose(principal: Principal, sessionId: SessionId, wanted: string | null): Promise<void> {
    const model = wanted === null ? this.choice.byDefault : this.choice.find(wanted);
    const chosen = wanted === null ? null : model.id;
    await this.database.transaction(async () => {
      const { session } = await this.sessions.lockVisible(principal, sessionId);
      if (session.model === chosen) return;
      await this.change(session, chosen, model);
    });
  }

  /** With the session locked: one whose model is no longer offered goes on with the default, and says so. */
  async leaveGone(session: Session): Promise<Session> {
    if (session.model === null || this.choice.isOffered(session.model)) return session;
    const model = this.choice.byDefault;
    const message = `The model ${session.model} is no longer offered here; ${model.name} answers instead.`;
    const timestamp = this.clock.now().toISOString();
    await this.change(session, null, model);
    await this.log.append(session.id, [
      { type: 'log_entry', payload: { timestamp, level: 'warn', message, source: 'agent' } },
    ]);
    return { ...session, model: null };
  }

  private async change(session: Session, chosen: string | null, { id, name }: OfferedModel): Promise<void> {
    await this.sessions.update(session.id, { model: chosen });
    const event: DurableEvent = {
      type: 'session_updated',
      payload: { title: session.title, model: id, model_name: name },
    };
    await this.log.append(session.id, [event]);
    const payload = await this.status.of({ ...session, model: chosen });
    this.database.afterCommit(() => this.log.pass(session.id, { type: 'connection_status', payload }));
  }
}
