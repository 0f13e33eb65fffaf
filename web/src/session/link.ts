import type { LinkState, LinkStatus } from '@app/session-protocol/client';

/** The line to the server as the page shows it. */
export interface Link {
  state: LinkState;
  /** Tries since the connection was lost. */
  attempt: number;
  /** When the next try starts, in epoch milliseconds. */
  next_at?: number;
  /** When the connection was lost, in epoch milliseconds. */
  lost_at?: number;
  notice?: string;
  action?: 'home' | 'servers' | 'retry';
  /** Milliseconds of the last ping. */
  rtt?: number;
}

type Reason = NonNullable<LinkStatus['reason']>;

const WORDS: Record<Reason, Pick<Link, 'notice' | 'action'>> = {
  restart: { notice: 'The server is restarting. Your run is kept.' },
  sign_in_again: {},
  no_access: { notice: 'You have no access to this session.', action: 'home' },
  no_such_server: {
    notice: 'The MCP server of this session was deleted, or is not for you any more.',
    action: 'servers',
  },
  too_slow: { notice: 'This page fell behind and is catching up.' },
  too_many: { notice: 'Too many connections or messages.', action: 'retry' },
  closed: {},
};

export function toLink({ state, attempt, nextTryAt, lostAt, rttMs, reason, message }: LinkStatus): Link {
  const words = reason === undefined ? {} : WORDS[reason];
  return {
    state,
    attempt,
    ...(nextTryAt === undefined ? {} : { next_at: nextTryAt }),
    ...(lostAt === undefined ? {} : { lost_at: lostAt }),
    ...(rttMs === undefined ? {} : { rtt: rttMs }),
    ...(state === 'reconnecting' && message !== undefined ? { notice: message } : {}),
    ...words,
  };
}
