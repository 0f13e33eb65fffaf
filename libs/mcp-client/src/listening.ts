import type { Client } from '@modelcontextprotocol/client';
import type { Answer, CurrentCall, Question } from './call.js';
import { underEither } from './either.js';
import { isObject } from './raw-result.js';

/**
 * Brings progress, logs and questions to the call that runs now.
 * The SDK asks through one handler in both eras: a request of a legacy server, an input request of a modern result.
 */
export function listen(client: Client, current: () => CurrentCall | undefined): void {
  client.setNotificationHandler('notifications/progress', ({ params }) => {
    const call = current();
    if (params.progressToken !== call?.progressToken) return;
    const { progress, total, message } = params;
    call.onProgress?.({ progress, total, message });
  });
  client.setNotificationHandler('notifications/message', ({ params }) => {
    const { level, logger, data } = params;
    current()?.onLog?.({ level, logger, data });
  });
  client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => {
    const question: Question =
      params.mode === 'url'
        ? { kind: 'url', message: params.message, url: params.url }
        : {
            kind: 'form',
            message: params.message,
            ...(isObject(params.requestedSchema) && { schema: params.requestedSchema }),
          };
    return { ...(await ask(current(), question, mcpReq.signal)) };
  });
}

async function ask(call: CurrentCall | undefined, question: Question, withdrawn: AbortSignal): Promise<Answer> {
  if (!call?.onQuestion) return { action: 'cancel' };
  call.deadline.pause();
  try {
    const put = call.onQuestion;
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
