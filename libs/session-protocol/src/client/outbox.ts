import type { CommandPayload, CommandType } from '../commands.js';
import { CommandError } from './errors.js';
import { isRecord, type WireFrame } from './frames.js';
import { newId } from './ids.js';

/** How the server is seen to have carried a command out, and whether it may be sent twice. */
interface Habit {
  /** The field that makes a repeat the same command; the client fills it in. */
  names?: 'client_msg_id' | 'decision_id';
  /** The field that makes a repeat harmless where the caller gave it. */
  safeWith?: string;
  /** The event that says so, and its field that must equal the payload's. */
  event?: { type: string; field: string };
  /** Its result is the event: an `ack` alone does not end it. */
  wantsEvent?: boolean;
}

const DECISION: Habit = { names: 'decision_id', event: { type: 'task_decision', field: 'decision_id' } };
const HABITS: Readonly<Partial<Record<CommandType, Habit>>> = {
  chat_message: {
    names: 'client_msg_id',
    event: { type: 'chat_message', field: 'client_msg_id' },
    wantsEvent: true,
  },
  approve_task: DECISION,
  approve_all: DECISION,
  reject_task: DECISION,
  edit_task: DECISION,
  retry_task: DECISION,
  rerun_from: DECISION,
  resolve_task: DECISION,
  stop: { safeWith: 'turn_id', event: { type: 'turn_finished', field: 'turn_id' } },
  input_response: { safeWith: 'request_id', event: { type: 'input_resolved', field: 'request_id' } },
};

interface Pending {
  type: CommandType;
  payload: Record<string, unknown>;
  habit: Habit;
  /** On the line that is open now. */
  frameId?: string;
  resolve: (frame: WireFrame | undefined) => void;
  reject: (error: CommandError) => void;
}

export interface SendOptions {
  /** 60 s unless given, from the call on: a wait for the connection counts. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 60_000;
const MOST_PENDING = 200;

/** Commands until the server is seen to have carried them out. */
export class Outbox {
  private readonly pending = new Set<Pending>();

  /** @param post the frame's id, or undefined when nothing can be sent now */
  constructor(private readonly post: (type: CommandType, payload: object) => string | undefined) {}

  send<Type extends CommandType>(
    type: Type,
    payload: CommandPayload<Type>,
    { timeoutMs = TIMEOUT_MS, signal }: SendOptions = {},
  ): Promise<WireFrame | undefined> {
    if (this.pending.size >= MOST_PENDING) {
      return Promise.reject(new CommandError('OUTBOX_FULL', `${MOST_PENDING} commands wait already.`, true));
    }
    const habit: Habit = HABITS[type] ?? {};
    const named = habit.names === undefined ? payload : { [habit.names]: newId(), ...payload };
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', give);
        this.pending.delete(command);
      };
      const command: Pending = {
        type,
        payload: named,
        habit,
        resolve: (frame) => {
          end();
          resolve(frame);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      const give = () => command.reject(new CommandError('ABORTED', 'Given up by the caller.', true));
      const late = () => new CommandError('TIMED_OUT', `The server did not confirm ${type} in ${timeoutMs} ms.`, true);
      const timer = setTimeout(() => command.reject(late()), timeoutMs);
      if (signal?.aborted) return give();
      signal?.addEventListener('abort', give, { once: true });
      this.pending.add(command);
      this.dispatch(command);
    });
  }

  /** A frame came: some command may be done, or refused. */
  hear({ type, payload, ...rest }: WireFrame): void {
    if (!isRecord(payload)) return;
    for (const command of this.pending) {
      const { event, wantsEvent } = command.habit;
      const isAnswer = command.frameId !== undefined && payload.in_reply_to === command.frameId;
      if (isAnswer && type === 'error') command.reject(refusalOf(payload));
      else if (isAnswer && !wantsEvent && (type === 'ack' || type === 'pong')) command.resolve(undefined);
      else if (event?.type === type && payload[event.field] === command.payload[event.field]) {
        if (payload[event.field] !== undefined) command.resolve({ type, payload, ...rest });
      }
    }
  }

  /** The replay is over: what is still open was not carried out, or its answer was lost. */
  online(): void {
    for (const command of this.pending) if (command.frameId === undefined) this.dispatch(command);
  }

  offline(): void {
    for (const command of this.pending) {
      if (command.frameId === undefined) continue;
      delete command.frameId;
      if (!isRepeatable(command)) {
        const message = `The connection broke before ${command.type} was confirmed: it may have been carried out.`;
        command.reject(new CommandError('CONNECTION_LOST', message, true));
      }
    }
  }

  close(): void {
    for (const command of this.pending) command.reject(new CommandError('CLOSED', 'The session was closed.', false));
  }

  private dispatch(command: Pending): void {
    const id = this.post(command.type, command.payload);
    if (id !== undefined) command.frameId = id;
  }
}

function isRepeatable({ habit, payload }: Pending): boolean {
  return habit.names !== undefined || (habit.safeWith !== undefined && payload[habit.safeWith] !== undefined);
}

const refusalOf = ({ code, message, retryable, details }: Record<string, unknown>): CommandError =>
  new CommandError(
    typeof code === 'string' ? code : 'REFUSED',
    typeof message === 'string' ? message : 'The server refused it.',
    retryable === true,
    details,
  );
