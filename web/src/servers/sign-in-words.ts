import type { OAuthSettings, ServerAccount } from '../api/types.js';

const WORDS: Readonly<Record<string, string>> = {
  OAUTH_NOT_BEGUN: 'The sign-in was not begun in this browser, or it took too long. Begin again.',
  OAUTH_OUTDATED: 'The server was changed meanwhile. Begin again.',
  OAUTH_DENIED: 'The access was not allowed there. Connect the account again, and allow it.',
  OAUTH_RESPONSE_UNSAFE:
    'What came back was no answer of the authorization server that was asked, and was not believed. Begin again; if it comes back, tell who runs the server.',
  OAUTH_CLIENT_REFUSED: 'The authorization server does not know our client. Begin again.',
};

/** Why a browser came back without a sign-in; the code is what the address says, and may be anything. */
export const signInFailure = (code: string): string => WORDS[code] ?? 'The sign-in did not succeed. Try again.';

export const STATUS_WORDS: Record<ServerAccount['status'], string> = {
  connected: 'connected',
  needs_sign_in: 'sign-in needed',
  not_connected: 'not connected',
};

const isMachine = (oauth: OAuthSettings | null) => oauth?.grant === 'client_credentials';

/** Whose account it is. */
export function ownerWords(oauth: OAuthSettings | null): string {
  if (isMachine(oauth)) return 'Machine account';
  return oauth?.account === 'per_user' ? 'Your account' : 'Account of all';
}

/** What connecting an account for the first time means. */
export function whatFollows(oauth: OAuthSettings | null): string {
  if (isMachine(oauth))
    return 'Nobody signs in: the client id and its secret, of the settings, are used for everybody.';
  const whose =
    oauth?.account === 'per_user'
      ? 'Everybody signs in for themselves: your calls use your account.'
      : 'All who may use this server use the account of whoever signs in here.';
  return `${whose} You are sent to the sign-in of the server, and come back to this page.`;
}
