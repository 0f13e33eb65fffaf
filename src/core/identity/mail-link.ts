import { createHash, randomBytes } from 'node:crypto';

export const LINK_PURPOSES = ['magic_link', 'verify_email', 'reset_password'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

interface LinkRules {
  lifetimeSeconds: number;
  /** The page of the web client that it leads to. */
  page: string;
  /**
   * Whether a newer one ends it. Not so where each carries what its maker sent: else whoever knows the address could put
   * their link in the place of the owner's.
   */
  endedByNewer: boolean;
}

export const LINK_RULES = {
  magic_link: { lifetimeSeconds: 15 * 60, page: '/link/sign-in', endedByNewer: true },
  verify_email: { lifetimeSeconds: 24 * 3_600, page: '/link/verify-email', endedByNewer: false },
  reset_password: { lifetimeSeconds: 30 * 60, page: '/link/reset-password', endedByNewer: true },
} as const satisfies Record<LinkPurpose, LinkRules>;

const MAX_TOKEN_LENGTH = 64;

/** 256 random bits, base64url. */
export const newLinkToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token: of so many random bits a plain hash tells nothing. */
export const hashLinkToken = (token: string): string =>
  createHash('sha256').update(token.slice(0, MAX_TOKEN_LENGTH)).digest('base64url');

/** The token is behind `#`: opening the page sends it to no server, and no log or referrer has it. */
export const linkAddress = (origin: string, purpose: LinkPurpose, token: string): string =>
  `${origin}${LINK_RULES[purpose].page}#${token}`;
