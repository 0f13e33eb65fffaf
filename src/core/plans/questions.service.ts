import type { AuthenticationRequest, DurableEvent, InputRequest } from '@app/session-protocol';
import type { Answer, Question } from '@app/mcp-client';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { untilStored } from '../../platform/database/until-stored.js';
import { Hints } from '../../platform/hints/hints.js';
import { newId, type ServerId, type SessionId } from '../../platform/ids.js';
import { ArgumentValidation, describeIssues } from '../execution/argument-validation.js';
import type { Principal } from '../identity/principal.js';
import { ServerAccess } from '../registry/server-access.service.js';
import type { SignInNeeded } from '../upstream-accounts/upstream-accounts.errors.js';
import { SessionLog } from '../sessions/session-log.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { News } from './news.js';
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
  kind: Question['kind'] | 'sign_in';
  /** Of a `sign_in`. */
  server_id: ServerId | null;
  server_name: string;
  message: string;
  schema: Record<string, unknown> | null;
  url: string | null;
  status: string;
  content: Record<string, unknown> | null;
  expires_at: Date;
}

type Action = Answer['action'];

/** What is put before the user, and what may answer it beside them. */
interface Asked extends Pick<QuestionRow, 'kind' | 'message' | 'schema' | 'url' | 'server_id' | 'server_name'> {
  topic?: string;
  isAnswered?: () => Promise<boolean>;
}

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
    const { kind, message, schema = null, url = null } = question;
    return this.put(node, { kind, message, schema, url, server_id: null, server_name: node.serverName }, signal);
  }

  /**
   * The same for a call whose server nobody is signed in to.
   * @param account.topic of hints about it
   * @param account.isBack whether somebody has signed in since
   */
  async askToSignIn(
    node: TaskNodeRecord,
    { serverId, serverName, reason, url }: SignInNeeded,
    account: { topic: string; isBack: () => Promise<boolean> },
    signal: AbortSignal,
  ): Promise<Answer> {
    const asked = { kind: 'sign_in' as const, message: reason, schema: null, url, server_name: serverName };
    return this.put(node, { ...asked, server_id: serverId, topic: account.topic, isAnswered: account.isBack }, signal);
  }

  private async put(node: TaskNodeRecord, asked: Asked, signal: AbortSignal): Promise<Answer> {
    const id = newId('inp');
    const news = new News(signal);
    const topics = [`input:${id}`, ...(asked.topic === undefined ? [] : [asked.topic])];
    const listening = topics.map((topic) => this.hints.subscribe(topic, () => news.tell()));
    try {
      const expiresAt = await untilStored(() => this.open(id, node, asked), { signal });
      return await this.awaitAnswer(id, node, { expiresAt, isAnswered: asked.isAnswered }, news, signal);
    } finally {
      news.end();
      for (const stopListening of listening) stopListening();
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
      // Nothing is taken on trust: it is looked whether they did.
      if (row.kind === 'sign_in' && action === 'accept') return this.nudge(row.id);
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
      `select * from input_requests where session_id = $1 and status = 'open' and kind <> 'sign_in'
       order by created_at, id`,
      [sessionId],
    );
    return rows.map(toInputRequest);
  }

  /** Calls of the session that wait for somebody to sign in. */
  async listSignIns(sessionId: SessionId): Promise<AuthenticationRequest[]> {
    const rows = await this.database.sql<QuestionRow>(
      `select * from input_requests where session_id = $1 and status = 'open' and kind = 'sign_in'
       order by created_at, id`,
      [sessionId],
    );
    return rows.map(toAuthenticationRequest);
  }

  /** As long as that is open its call was not sent: who asked has to close it before. In the caller's transaction. */
  async isForSignIn({ sessionId, id }: Pick<TaskNodeRecord, 'sessionId' | 'id'>): Promise<boolean> {
    const open = await this.database.sql(
      `select 1 from input_requests where session_id = $1 and node_id = $2 and status = 'open' and kind = 'sign_in'`,
      [sessionId, id],
    );
    return open.length > 0;
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

  private async open(id: string, node: TaskNodeRecord, question: Asked): Promise<Date> {
    const now = this.clock.now();
    const row: QuestionRow = {
      id,
      plan_id: node.planId,
      node_id: node.id,
      kind: question.kind,
      server_id: question.server_id,
      server_name: question.server_name,
      message: question.message.slice(0, 4_000),
      schema: question.schema,
      url: question.url,
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
           created_at, expires_at, server_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $12)`,
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
          row.server_id,
        ],
      );
      await this.log.append(node.sessionId, [toEvent(row)]);
    });
    return row.expires_at;
  }

  private async awaitAnswer(
    id: string,
    node: TaskNodeRecord,
    { expiresAt, isAnswered }: { expiresAt: Date; isAnswered: Asked['isAnswered'] },
    news: News,
    given: AbortSignal,
  ): Promise<Answer> {
    for (;;) {
      if (isAnswered && (await untilStored(isAnswered, { signal: given })))
        await this.settle(id, node, 'accept', given);
      const [row] = await untilStored(() => this.look(id), { signal: given });
      if (row?.status === 'accept')
        return { action: 'accept', content: (row.content ?? {}) as Answer['content'] & object };
      if (row?.status === 'decline') return { action: 'decline' };
      if (row?.status !== 'open' || given.aborted) return { action: 'cancel' };
      if (expiresAt <= this.clock.now()) return this.settle(id, node, 'expired', given);
      await news.within(LOOK_EVERY_MS);
    }
  }

  private look(id: string): Promise<QuestionRow[]> {
    return this.database.sql<QuestionRow>('select * from input_requests where id = $1', [id]);
  }

  /** Without the user. */
  private async settle(
    id: string,
    node: TaskNodeRecord,
    how: 'accept' | 'expired',
    signal: AbortSignal,
  ): Promise<Answer> {
    const settled = () =>
      this.database.transaction(async () => {
        await this.sessions.lock(node.sessionId);
        const row = await this.findOpen(node.sessionId, id);
        if (row) await this.end(node.sessionId, row, how, null);
      });
    await untilStored(settled, { signal });
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
    this.nudge(row.id);
  }

  private nudge(id: string): void {
    this.database.afterCommit(() => this.hints.publish(`input:${id}`));
  }
}

const toEvent = (row: QuestionRow): DurableEvent =>
  row.kind === 'sign_in'
    ? { type: 'authentication_required', payload: toAuthenticationRequest(row) }
    : { type: 'input_request', payload: toInputRequest(row) };

const toAuthenticationRequest = (row: QuestionRow): AuthenticationRequest => ({
  request_id: row.id,
  plan_id: row.plan_id,
  node_id: row.node_id,
  server_id: row.server_id ?? '',
  server_name: row.server_name,
  url: row.url ?? '',
  reason: row.message,
  expires_at: row.expires_at.toISOString(),
});

const toInputRequest = (row: QuestionRow): InputRequest => ({
  request_id: row.id,
  plan_id: row.plan_id,
  node_id: row.node_id,
  kind: row.kind === 'form' ? 'form' : 'url',
  server_name: row.server_name,
  message: row.message,
  ...(row.schema === null ? {} : { schema: row.schema }),
  ...(row.url === null ? {} : { url: row.url }),
  expires_at: row.expires_at.toISOString(),
});
