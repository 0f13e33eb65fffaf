const WORDS: Readonly<Record<string, string>> = {
  OAUTH_NOT_BEGUN: 'The sign-in was not begun in this browser, or it took too long. Begin again.',
  OAUTH_OUTDATED: 'The server was changed meanwhile. Begin again.',
  OAUTH_DENIED: 'The access was not allowed.',
  OAUTH_RESPONSE_UNSAFE:
    'What came back was no answer of the authorization server that was asked, and was not believed.',
  OAUTH_CLIENT_REFUSED: 'The authorization server does not know our client. Begin again.',
};

/** Why a browser came back without a sign-in; the code is what the address says, and may be anything. */
export const signInFailure = (code: string): string => WORDS[code] ?? 'The sign-in did not succeed. Try again.';
