import { type ErrorPayload, type PassingEvent, type PassingFrame, PROTOCOL_VERSION } from '@app/session-protocol';
import { type AppError, isRetryable } from '../platform/errors/app-error.js';
import { newId } from '../platform/ids.js';

/** A frame that is not of the log. */
export function passingFrame(sessionId: string, event: PassingEvent): PassingFrame {
  const ts = new Date().toISOString();
  return { v: PROTOCOL_VERSION, id: newId('evt'), ts, session_id: sessionId, ...event };
}

export function toErrorPayload(error: AppError, inReplyTo?: string): ErrorPayload {
  const details = error.issues.length > 0 ? { errors: error.issues } : error.details;
  return {
    code: error.code,
    message: error.message,
    retryable: isRetryable(error),
    ...(inReplyTo === undefined ? {} : { in_reply_to: inReplyTo }),
    ...(details === undefined ? {} : { details }),
  };
}
