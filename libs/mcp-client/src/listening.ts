import type { Client } from '@modelcontextprotocol/client';
import type { Answer, CurrentCall, Question } from './call.js';
import { underEither } from './either.js';
import { isObject, type RawResult } from './raw-result.js';

export const TOOLS_CHANGED = 'notifications/tools/list_changed';

/**
 * Brings what comes beside the streams of calls to the call that it belongs to: progress by its token; logs and
 * questions, which name no call, to the only one that runs.
 */
export function listen(client: Client, calls: RunningCalls): void {
  client.setNotificationHandler('notifications/progress', ({ params }) => {
    hearProgress(calls.of(params.progressToken), params);
  });
  client.setNotificationHandler('notifications/message', ({ params }) => hearLog(calls.alone, params));
  client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => ({
    ...(await ask(calls.alone, params, mcpReq.signal)),
  }));
}

/** The calls of one session that run now. */
export class RunningCalls {
  readonly #calls = new Map<unknown, CurrentCall>();

  add(call: CurrentCall): void {
    this.#calls.set(call.progressToken, call);
  }

  remove(call: CurrentCall): void {
    this.#calls.delete(call.progressToken);
  }

  get size(): number {
    return this.#calls.size;
  }

  of(progressToken: unknown): CurrentCall | undefined {
    return this.#calls.get(progressToken);
  }

  /** The one that a message which names no call must belong to; nobody's when several run. */
  get alone(): CurrentCall | undefined {
    if (this.#calls.size !== 1) return undefined;
    for (const call of this.#calls.values()) return call;
    return undefined;
  }
}

export function hearProgress(call: CurrentCall | undefined, params: RawResult): void {
  const { progress, total, message } = params;
  if (typeof progress !== 'number') return;
  call?.onProgress?.({
    progress,
    total: typeof total === 'number' ? total : undefined,
    message: typeof message === 'string' ? message : undefined,
  });
}

export function hearLog(call: CurrentCall | undefined, params: RawResult): void {
  const { level, logger, data } = params;
  if (typeof level !== 'string') return;
  call?.onLog?.({ level, logger: typeof logger === 'string' ? logger : undefined, data });
}

/** Puts what an `elicitation/create` asks to the person behind a call; `cancel` where there is none. */
export async function ask(call: CurrentCall | undefined, params: RawResult, withdrawn: AbortSignal): Promise<Answer> {
  const question = toQuestion(params);
  const put = call?.onQuestion;
  if (!call || !put || !question) return { action: 'cancel' };
  call.deadline.pause();
  try {
    const { action, content } = await underEither([withdrawn, call.deadline.signal], (signal) =>
      put(question, { signal }),
    );
    return action === 'accept' && question.kind === 'form' ? { action, content: content ?? {} } : { action };
  } catch {
    return { action: 'cancel' };
  } finally {
    call.deadline.resume();
  }
}

function toQuestion({ mode, message, url, requestedSchema }: RawResult): Question | undefined {
  if (typeof message !== 'string') return undefined;
  if (mode !== 'url') return { kind: 'form', message, ...(isObject(requestedSchema) && { schema: requestedSchema }) };
  return typeof url === 'string' ? { kind: 'url', message, url } : undefined;
}
