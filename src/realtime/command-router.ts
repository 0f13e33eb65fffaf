import { type Command, type CommandOf, type CommandType, parseCommand } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { ConversationsService } from '../core/agent/conversations.service.js';
import { RerunTurns } from '../core/agent/rerun-turns.js';
import { type Action, authorize } from '../core/identity/permissions.js';
import { DecisionsService } from '../core/plans/decisions.service.js';
import { QuestionsService } from '../core/plans/questions.service.js';
import { AppError, toAppError } from '../platform/errors/app-error.js';
import { Logger, withLogFields } from '../platform/logging/logger.js';
import type { Attendance } from './attendance.js';
import { passingFrame, toErrorPayload } from './frames.js';
import { Outgoing } from './outgoing.js';

/** What each command does, for the table of permissions. */
const ACTION_OF = {
  chat_message: 'sessions.use',
  approve_task: 'sessions.use',
  approve_all: 'sessions.use',
  reject_task: 'sessions.use',
  edit_task: 'sessions.use',
  retry_task: 'sessions.use',
  resolve_task: 'sessions.use',
  rerun_from: 'sessions.use',
  retry_turn: 'sessions.use',
  stop: 'sessions.use',
  input_response: 'sessions.use',
  resume: 'sessions.read',
  ping: 'sessions.read',
} as const satisfies Record<CommandType, Action>;

type Handlers = {
  [Type in CommandType]: (from: Attendance, payload: CommandOf<Type>['payload'], id?: string) => Promise<void>;
};

/** From a command to the use case it means: the table is complete over all commands. */
@Injectable()
export class CommandRouter {
  private readonly handlers: Handlers;

  constructor(
    conversations: ConversationsService,
    decisions: DecisionsService,
    questions: QuestionsService,
    reruns: RerunTurns,
    private readonly logger: Logger,
  ) {
    const on = (payload: { node_id: string; plan_id?: string; revision?: number; decision_id?: string }) => ({
      nodeId: payload.node_id,
      planId: payload.plan_id,
      revision: payload.revision,
      decisionId: payload.decision_id,
    });
    this.handlers = {
      chat_message: async ({ principal, sessionId }, { text, client_msg_id }) => {
        await conversations.postMessage(principal, sessionId, text, client_msg_id);
      },
      approve_task: async ({ principal, sessionId }, payload) =>
        decisions.approve(principal, sessionId, on(payload), {
          arguments: payload.arguments,
          remember: {
            scope: payload.remember ?? 'once',
            match: payload.match,
            maxUses: payload.max_uses,
            expiresIn: payload.expires_in,
          },
        }),
      approve_all: async ({ principal, sessionId }, payload) =>
        decisions.approveAll(principal, sessionId, {
          planId: payload.plan_id,
          revision: payload.revision,
          nodeIds: payload.node_ids,
          decisionId: payload.decision_id,
        }),
      reject_task: async ({ principal, sessionId }, payload) =>
        decisions.reject(principal, sessionId, on(payload), payload.reason),
      edit_task: async ({ principal, sessionId }, payload) =>
        decisions.edit(principal, sessionId, on(payload), payload.arguments),
      retry_task: async ({ principal, sessionId }, payload) =>
        decisions.retry(principal, sessionId, on(payload), payload.timeout),
      resolve_task: async ({ principal, sessionId }, payload) =>
        decisions.resolve(principal, sessionId, on(payload), payload.outcome),
      rerun_from: async ({ principal, sessionId }, payload) => reruns.rerun(principal, sessionId, on(payload)),
      retry_turn: async ({ principal, sessionId }, { turn_id }) =>
        conversations.retryTurn(principal, sessionId, turn_id),
      stop: async ({ principal, sessionId }, { turn_id }) => conversations.stop(principal, sessionId, turn_id),
      input_response: async ({ principal, sessionId }, { request_id, action, content }) =>
        questions.answer(principal, sessionId, request_id, action, content),
      resume: async (from, { after }) => from.resume(after),
      ping: async (from, _payload, id) => {
        const payload = { ts: new Date().toISOString(), ...(id === undefined ? {} : { in_reply_to: id }) };
        from.connection.send(new Outgoing(passingFrame(from.sessionId, { type: 'pong', payload })));
      },
    };
  }

  /** Never throws: what goes wrong is told to the one who asked. @returns true when the command was carried out */
  async route(from: Attendance, frame: unknown): Promise<boolean> {
    const parsed = parseCommand(frame);
    if (!parsed.ok) {
      const issues = (parsed.issues ?? []).map((issue) => ({ ...issue, code: 'invalid' }));
      this.refuse(from, new AppError('invalid', parsed.code, parsed.message, { issues }), parsed.inReplyTo);
      return false;
    }
    const { command } = parsed;
    return withLogFields({ sessionId: from.sessionId, userId: from.principal.userId }, async () => {
      const started = performance.now();
      const ms = () => Math.round(performance.now() - started);
      try {
        await this.carryOut(from, command);
        this.acknowledge(from, command);
        this.logger.debug({ command: command.type, ms: ms() }, 'command done');
        return true;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.kind === 'internal') this.logger.error({ command: command.type, err: thrown }, 'command failed');
        else this.logger.info({ command: command.type, refusal: error.code, ms: ms() }, 'command refused');
        this.refuse(from, error, command.id);
        return false;
      }
    });
  }

  private async carryOut(from: Attendance, { type, payload, id }: Command): Promise<void> {
    authorize(from.principal, ACTION_OF[type]);
    // That type and payload belong together was checked by the parser; the compiler loses it over a union.
    const handler = this.handlers[type] as (from: Attendance, payload: unknown, id?: string) => Promise<void>;
    await handler(from, payload, id);
  }

  /** Only to those who gave the frame a name: a client written from the first draft sees nothing new. */
  private acknowledge({ connection, sessionId }: Attendance, { type, id }: Command): void {
    if (id === undefined || type === 'ping') return;
    connection.send(new Outgoing(passingFrame(sessionId, { type: 'ack', payload: { in_reply_to: id } })));
  }

  private refuse(from: Attendance, error: AppError, inReplyTo: string | undefined): void {
    const payload = toErrorPayload(error, inReplyTo);
    from.connection.send(new Outgoing(passingFrame(from.sessionId, { type: 'error', payload })));
  }
}
