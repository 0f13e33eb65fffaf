import type { InputRequest } from '@app/session-protocol';
import type { Answer, Question } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { untilStored } from '../../platform/database/until-stored.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type SessionId } from '../../platform/ids.js';
import { ScopedSignal } from '../../platform/scoped-signal.js';
import { ArgumentValidation, describeIssues } from '../execution/argument-validation.js';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { TaskNodeRecord } from './plan.js';
import type { PlanChange } from './plan-change.js';
import { argumentsDoNotFit, questionNotFound } from './plans.errors.js';

/** How long a tool's question waits for its answer. */
const OPEN_MS = 15 * 60_000;
const LOOK_EVERY_MS = 5_000;

interface QuestionRow {
  id: string;
  plan_id: string;
  node_id: string;
  kind: 'form' | 'url';
  server_name: string;
  message: string;
  schema: Record<string, unknown> | null;
  url: string | null;
  status: string;
  content: Record<string, unknown> | null;
  expires_at: Date;
}

type Action = Answer['action'];

/** What tools ask in the middle of a call; open ones are state and come back after every reconnect. */
@Injectable()
export class QuestionsService {
  private readonly validation = new ArgumentValidation();

  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly access: ServerAccess,
    private readonly log: SessionLog,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  /** Puts the question to the user and waits; a question nobody answers is cancelled. */
  async ask(node: TaskNodeRecord, question: Question, signal: AbortSignal): Promise<Answer> {
    const id = newId('inp');
    const answered = new AbortController();
    const scoped = new ScopedSignal([answered.signal, signal]);
    const stopListening = this.hints.subscribe(`input:${id}`, () => answered.abort());
    try {
      const expiresAt = await untilStored(() => this.open(id, node, question), { signal });
      return await this.awaitAnswer(id, node, expiresAt, scoped.signal, signal);
    } finally {
      scoped.end();
      stopListening();
    }
  }

  async answer(
    principal: Principal,
    sessionId: SessionId,
    requestId: string,
    action: Action,
    content: Record<string, unknown> | undefined,
  ): Promise<void> {
    await this.database.transaction(async () => {
      const { session } = await this.sessions.lockVisible(principal, sessionId);
      await this.access.require(principal, session.serverId, 'use');
      const row = await this.findOpen(sessionId, requestId);
      if (!row) throw questionNotFound();
      if (action === 'accept' && row.schema) {
        const issues = this.validation.check(row.id, row.schema, content ?? {});
        if (issues.length > 0)
          throw argumentsDoNotFit(`The form does not take this: ${describeIssues(issues)}.`, issues);
      }
      await this.end(sessionId, row, action, content ?? null);
    });
  }

  /** Questions of the session that wait for an answer. */
  async listOpen(sessionId: SessionId): Promise<InputRequest[]> {
    const rows = await this.database.sql<QuestionRow>(
      `select * from input_requests where session_id = $1 and status = 'open' order by created_at, id`,
      [sessionId],
    );
    return rows.map(toInputRequest);
  }

  /** The call that asked has ended, one way or another. In its transaction. */
  async close(change: PlanChange, nodeId: string): Promise<void> {
    const rows = await this.database.sql<{ id: string }>(
      `update input_requests set status = 'expired' where session_id = $1 and node_id = $2 and status = 'open' returning id`,
      [change.plan.sessionId, nodeId],
    );
    for (const { id } of rows) {
      change.tell({ type: 'input_resolved', payload: { request_id: id, node_id: nodeId, action: 'expired' } });
    }
  }

  private async open(id: string, node: TaskNodeRecord, question: Question): Promise<Date> {
    const now = this.clock.now();
    const row: QuestionRow = {
      id,
      plan_id: node.planId,
      node_id: node.id,
      kind: question.kind,
      server_name: node.serverName,
      message: question.message.slice(0, 4_000),
      schema: question.schema ?? null,
      url: question.url ?? null,
      status: 'open',
      content: null,
      expires_at: new Date(now.getTime() + OPEN_MS),
    };
    await this.database.transaction(async () => {
      await this.sessions.lock(node.sessionId);
      // The answer to an earlier commit may have been lost.
      if ((await this.look(id)).length > 0) return;
      await this.database.sql(
        `insert into input_requests (id, session_id, plan_id, node_id, kind, server_name, message, schema, url, status,
           created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11)`,
        [
          id,
          node.sessionId,
          row.plan_id,
          row.node_id,
          row.kind,
          row.server_name,
          row.message,
          row.schema === null ? null : JSON.stringify(row.schema),
          row.url,
          now.toISOString(),
          row.expires_at.toISOString(),
        ],
      );
      await this.log.append(node.sessionId, [{ type: 'input_request', payload: toInputRequest(row) }]);
    });
    return row.expires_at;
  }

  private async awaitAnswer(
    id: string,
    node: TaskNodeRecord,
    expiresAt: Date,
    woken: AbortSignal,
    given: AbortSignal,
  ): Promise<Answer> {
    for (;;) {
      const [row] = await untilStored(() => this.look(id), { signal: given });
      if (row?.status === 'accept')
        return { action: 'accept', content: (row.content ?? {}) as Answer['content'] & object };
      if (row?.status === 'decline') return { action: 'decline' };
      if (row?.status !== 'open' || given.aborted) return { action: 'cancel' };
      if (expiresAt <= this.clock.now()) return untilStored(() => this.expire(id, node), { signal: given });
      await until(woken, LOOK_EVERY_MS);
    }
  }

  private look(id: string): Promise<QuestionRow[]> {
    return this.database.sql<QuestionRow>('select * from input_requests where id = $1', [id]);
  }

  private async expire(id: string, node: TaskNodeRecord): Promise<Answer> {
    await this.database.transaction(async () => {
      await this.sessions.lock(node.sessionId);
      const row = await this.findOpen(node.sessionId, id);
      if (row) await this.end(node.sessionId, row, 'expired', null);
    });
    return { action: 'cancel' };
  }

  private async findOpen(sessionId: SessionId, id: string): Promise<QuestionRow | undefined> {
    const [row] = await this.database.sql<QuestionRow>(
      `select * from input_requests where id = $1 and session_id = $2 and status = 'open'`,
      [id, sessionId],
    );
    return row;
  }

  private async end(
    sessionId: SessionId,
    row: QuestionRow,
    action: Action | 'expired',
    content: Record<string, unknown> | null,
  ): Promise<void> {
    await this.database.sql('update input_requests set status = $2, content = $3 where id = $1', [
      row.id,
      action,
      content === null ? null : JSON.stringify(content),
    ]);
    await this.log.append(sessionId, [
      { type: 'input_resolved', payload: { request_id: row.id, node_id: row.node_id, action } },
    ]);
    this.database.afterCommit(() => this.hints.publish(`input:${row.id}`));
  }
}

const toInputRequest = (row: QuestionRow): InputRequest => ({
  request_id: row.id,
  plan_id: row.plan_id,
  node_id: row.node_id,
  kind: row.kind,
  server_name: row.server_name,
  message: row.message,
  ...(row.schema === null ? {} : { schema: row.schema }),
  ...(row.url === null ? {} : { url: row.url }),
  expires_at: row.expires_at.toISOString(),
});

/** Until the signal fires, at most so long: a hint may be lost. */
async function until(signal: AbortSignal, ms: number): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
