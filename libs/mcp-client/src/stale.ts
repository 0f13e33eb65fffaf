import { METHOD_NOT_FOUND, ProtocolError, SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import type { Connection } from './connection.js';
import type { HttpTrace } from './upstream-fetch.js';
import { httpStatusOf, refusalText } from './failures.js';

const UNSUPPORTED_VERSION = -32022;

/**
 * Whether the server has forgotten our session, or speaks another era than before, and so has refused the request
 * unread. 404 by the specification (2025-11-25, Session Management); many servers say 400 and name the session.
 */
export function isStale(error: unknown, { sessionId, protocol }: Connection, trace: HttpTrace): boolean {
  if (trace.delivered) return false;
  if (error instanceof SdkError && error.code === SdkErrorCode.NotConnected) return true;
  if (error instanceof Error && error.message === 'Not connected') return true;
  if (error instanceof ProtocolError && error.code === UNSUPPORTED_VERSION) return true;
  if (sessionId === undefined && protocol.era === 'legacy') return false;
  const status = httpStatusOf(error);
  const text = refusalText(error);
  if (status === 404) return !text.includes(`${METHOD_NOT_FOUND}`);
  return status === 400 && /session|not initialized|protocol version/i.test(text);
}
