import type { Challenge } from './challenge.js';

/** RFC 6749, section 3.3; what is no scope is left out. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
const MOST_SCOPES = 100;
const OFFLINE = 'offline_access';

export const readScopes = (scope: string | undefined): string[] =>
  unite((scope ?? '').split(' ').filter((name) => SCOPE.test(name)));

/** In the order in which they first come. */
export const unite = (...lists: readonly (readonly string[])[]): string[] =>
  [...new Set(lists.flat())].slice(0, MOST_SCOPES);

interface ScopeGrounds {
  /** Chosen by whoever set the server up. */
  chosen?: readonly string[] | undefined;
  challenge?: Challenge | undefined;
  /** Of the protected resource. */
  offeredByResource?: readonly string[] | undefined;
  /** Of the authorization server. */
  offeredByServer?: readonly string[] | undefined;
  /** What earlier sign-ins asked for, which is not to be lost by asking for more. */
  before?: readonly string[] | undefined;
  /** Whether refresh tokens would be of use. */
  offline: boolean;
}

/** What to ask for; undefined leaves it to the authorization server. */
export function chooseScopes(grounds: ScopeGrounds): string[] | undefined {
  const { chosen, challenge, offeredByResource, offeredByServer, before = [], offline } = grounds;
  const challenged = readScopes(challenge?.scope);
  const first = [chosen, challenged, offeredByResource].find((list) => list && list.length > 0) ?? [];
  const wanted = unite(before, first, challenged);
  if (wanted.length === 0) return undefined;
  return offline && offeredByServer?.includes(OFFLINE) ? unite(wanted, [OFFLINE]) : wanted;
}

/** Those of a challenge that were not asked for yet: asking for the others again would change nothing. */
export const missingScopes = (challenge: Challenge, asked: readonly string[]): string[] =>
  readScopes(challenge.scope).filter((scope) => !asked.includes(scope));
