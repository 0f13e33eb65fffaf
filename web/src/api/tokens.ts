/**
 * Where the session lives in the browser. localStorage, not a cookie: the API takes bearer tokens only, so no request
 * can be forged from another site, all tabs share one sign-in, and it survives a restart. What a script in the page
 * could steal is kept small by the content policy (own scripts only), inert untrusted text, a 15-minute access token,
 * and a refresh token whose reuse revokes its whole family.
 */
export interface Tokens {
  access_token: string;
  refresh_token: string;
}

const KEY = 'switchyard.tokens';
const LOCK = 'switchyard.refresh';

export function readTokens(): Tokens | undefined {
  try {
    const raw = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<Tokens> | null;
    if (typeof raw?.access_token !== 'string' || typeof raw.refresh_token !== 'string') return undefined;
    return { access_token: raw.access_token, refresh_token: raw.refresh_token };
  } catch {
    return undefined;
  }
}

export function writeTokens(tokens: Tokens): void {
  localStorage.setItem(KEY, JSON.stringify(tokens));
  tellOfChange();
}

let tellOfChange: () => void = () => undefined;

/** One listener: when tokens are written here or in another tab. */
export function onTokensChanged(listener: () => void): void {
  tellOfChange = listener;
  addEventListener('storage', (event) => {
    if (event.key === KEY && event.newValue !== null) listener();
  });
}

export function forgetTokens(): void {
  localStorage.removeItem(KEY);
}

export type Refreshed =
  | { outcome: 'fresh'; tokens: Tokens }
  /** The session is over; only a new sign-in helps. */
  | { outcome: 'refused' }
  /** Nothing was decided: the server could not be asked. */
  | { outcome: 'unreachable' };

let flight: Promise<Refreshed> | undefined;

/** One refresh at a time, over all tabs: a refresh token works once. @param stale the access token that was refused */
export function refreshTokens(stale: string | undefined): Promise<Refreshed> {
  flight ??= locked(() => refreshOnce(stale)).finally(() => {
    flight = undefined;
  });
  return flight;
}

/** Plain http on a LAN has no lock manager; the server lets the same token pass for a few seconds there. */
function locked(work: () => Promise<Refreshed>): Promise<Refreshed> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? locks.request(LOCK, work) : work();
}

async function refreshOnce(stale: string | undefined): Promise<Refreshed> {
  const tokens = readTokens();
  if (!tokens) return { outcome: 'refused' };
  if (stale !== undefined && tokens.access_token !== stale) return { outcome: 'fresh', tokens };
  let response: Response;
  try {
    response = await fetch('/api/v1/auth/refresh', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: tokens.refresh_token }),
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    return { outcome: 'unreachable' };
  }
  if (response.status === 401 || response.status === 400) return { outcome: 'refused' };
  if (!response.ok) return { outcome: 'unreachable' };
  const fresh = (await response.json()) as Tokens;
  writeTokens({ access_token: fresh.access_token, refresh_token: fresh.refresh_token });
  return { outcome: 'fresh', tokens: fresh };
}
