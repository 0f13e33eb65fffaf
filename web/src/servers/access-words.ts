import type { AccessLevel } from '../api/identity-types.js';
import type { McpServer } from '../api/types.js';

export const LEVELS = ['see', 'use', 'manage'] as const satisfies readonly AccessLevel[];

export const LEVEL_WORDS: Record<AccessLevel, string> = {
  see: 'see: read its tools',
  use: 'use: run sessions on it',
  manage: 'manage: change and delete it',
};

/** An instance that does not tell levels lets everybody manage. */
export const mayOn = ({ level }: Pick<McpServer, 'level'>, needed: AccessLevel): boolean =>
  level === undefined || LEVELS.indexOf(level) >= LEVELS.indexOf(needed);
