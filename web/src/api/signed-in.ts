import { create } from 'zustand';
import { forgetTokens, readTokens, writeTokens, type Tokens } from './tokens.js';

/** `ended`: there was a session and the server no longer takes it; the page stays and asks for a new code. */
type SignedIn = 'yes' | 'no' | 'ended';

export const useSignedIn = create<{ state: SignedIn }>(() => ({ state: readTokens() ? 'yes' : 'no' }));

export function signIn(tokens: Tokens): void {
  writeTokens({ access_token: tokens.access_token, refresh_token: tokens.refresh_token });
  useSignedIn.setState({ state: 'yes' });
}

/** Instead of whoever was signed in here, if anybody. */
export function signInInstead(tokens: Tokens): void {
  endSignIn();
  forgetPerson();
  signIn(tokens);
}

/** The tokens are gone from here whatever the server says. */
export function endSignIn(): void {
  const refresh_token = readTokens()?.refresh_token;
  if (refresh_token === undefined) return;
  fetch('/api/v1/auth/logout', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh_token }),
    keepalive: true,
  }).catch(() => undefined);
}

export function sessionEnded(): void {
  if (useSignedIn.getState().state === 'yes') useSignedIn.setState({ state: 'ended' });
}

/** Forgets the tokens and everything the person typed; pane sizes and the look stay with the browser. */
export function forgetPerson(): void {
  forgetTokens();
  for (const key of Object.keys(localStorage)) {
    if (/^switchyard\.(draft|history|outbox|first-run)\./.test(key)) localStorage.removeItem(key);
  }
  useSignedIn.setState({ state: 'no' });
}

// Another tab signed in or out.
addEventListener('storage', (event) => {
  if (event.key === 'switchyard.tokens') useSignedIn.setState({ state: readTokens() ? 'yes' : 'no' });
});
