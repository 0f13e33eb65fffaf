import type { CLOSE_CODES } from '@app/session-protocol';

/** The protocol's numbers. Only its type is imported: its module would bring a schema library into the page. */
const CLOSED = {
  restart: 1012,
  sign_in_again: 4401,
  no_access: 4403,
  no_such_server: 4404,
  too_slow: 4408,
  too_many: 4429,
} as const satisfies typeof CLOSE_CODES;

export type Verdict =
  /** Try again with back-off; `counted` is false where the server asked for it. */
  | { then: 'retry'; counted: boolean; notice?: string }
  /** Get a new access token, then try again. */
  | { then: 'refresh' }
  /** Do not come back by itself. */
  | { then: 'stop'; notice: string; action: 'home' | 'servers' | 'retry' };

/** What a closed socket means for the client. */
export function verdictOn(code: number): Verdict {
  switch (code) {
    case CLOSED.restart:
      return { then: 'retry', counted: false, notice: 'The server is restarting. Your run is kept.' };
    case CLOSED.sign_in_again:
      return { then: 'refresh' };
    case CLOSED.no_access:
      return { then: 'stop', notice: 'You have no access to this session.', action: 'home' };
    case CLOSED.no_such_server:
      return { then: 'stop', notice: 'The MCP server of this session was deleted.', action: 'servers' };
    case CLOSED.too_slow:
      return { then: 'retry', counted: true, notice: 'This page fell behind and is catching up.' };
    case CLOSED.too_many:
      return {
        then: 'stop',
        notice: 'Too many connections or messages. Wait a little, then reconnect.',
        action: 'retry',
      };
    default:
      return { then: 'retry', counted: true };
  }
}
