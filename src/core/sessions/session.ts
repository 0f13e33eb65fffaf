import type { OrganizationId, ServerId, SessionId, UserId } from '../../platform/ids.js';

/** A conversation of one user on one server. What happened in it is its event log. */
export interface Session {
  id: SessionId;
  organizationId: OrganizationId;
  userId: UserId;
  serverId: ServerId;
  title: string;
  titledByUser: boolean;
  /** The oldest event still kept. */
  firstSeq: number;
  lastSeq: number;
  /** The number that the next task node gets; node ids never repeat in a session. */
  nextNode: number;
  /** Tokens of the last exchange with the model. */
  contextTokens: number;
  /** The language model that was chosen for it; nothing is the instance's default. */
  model: string | null;
  /** The session that this one began as a copy of, and the number of the last event it has of it. */
  forkedFrom: SessionId | null;
  forkedAtSeq: number | null;
  createdAt: Date;
  updatedAt: Date;
}

export const MAX_TITLE_LENGTH = 120;

/** The first line of a message, cut at a word. */
export function titleFromMessage(text: string): string {
  const line = text.trim().split('\n', 1)[0]?.replace(/\s+/g, ' ') ?? '';
  if (line.length <= 60) return line;
  const cut = line.slice(0, 60);
  const space = cut.lastIndexOf(' ');
  return `${space > 30 ? cut.slice(0, space) : cut}…`;
}
