import type { Answer, CallListeners, Question } from './call.js';
import { ELICITATION, RequestRefused, type CallHooks } from './current-call.js';
import { atLeast } from './log-level.js';
import { isObject, type RawResult } from './raw-result.js';

/** From this on those who listen to a call hear what it logs. */
export const LOG_LEVEL = 'info';

const NOBODY: CallHooks = Object.freeze({});

/** Puts what a server says in the words of those who listen. */
export function hooksOf({ onProgress, onLog, onQuestion }: CallListeners): CallHooks {
  if (!onProgress && !onLog && !onQuestion) return NOBODY;
  return {
    onProgress: onProgress && ((params) => hearProgress(onProgress, params)),
    onLog: onLog && ((params) => hearLog(onLog, params)),
    onRequest: onQuestion && ((method, params, { signal }) => ask(onQuestion, method, params, signal)),
  };
}

function hearProgress(
  onProgress: NonNullable<CallListeners['onProgress']>,
  { progress, total, message }: RawResult,
): void {
  if (typeof progress !== 'number') return;
  onProgress({
    progress,
    total: typeof total === 'number' ? total : undefined,
    message: typeof message === 'string' ? message : undefined,
  });
}

function hearLog(onLog: NonNullable<CallListeners['onLog']>, { level, logger, data }: RawResult): void {
  if (typeof level !== 'string' || !atLeast(LOG_LEVEL, level)) return;
  onLog({ level, logger: typeof logger === 'string' ? logger : undefined, data });
}

/** Whatever keeps a person from answering counts as if the form had been closed. */
async function ask(
  onQuestion: NonNullable<CallListeners['onQuestion']>,
  method: string,
  params: RawResult,
  signal: AbortSignal,
): Promise<RawResult> {
  if (method !== ELICITATION) throw new RequestRefused(-32601, 'This client does not offer that.');
  const question = toQuestion(params);
  if (!question) return { action: 'cancel' };
  const closed: Answer = { action: 'cancel' };
  const { action, content } = await onQuestion(question, { signal }).catch(() => closed);
  return action === 'accept' && question.kind === 'form' ? { action, content: content ?? {} } : { action };
}

function toQuestion({ mode, message, url, requestedSchema }: RawResult): Question | undefined {
  if (typeof message !== 'string') return undefined;
  if (mode !== 'url') return { kind: 'form', message, ...(isObject(requestedSchema) && { schema: requestedSchema }) };
  return typeof url === 'string' ? { kind: 'url', message, url } : undefined;
}
