import { ConnectionRefused, type CredentialRequest } from '@app/session-protocol/client';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { sessionEnded } from '../api/signed-in.js';
import { readTokens, refreshTokens } from '../api/tokens.js';

const REFUSALS: Partial<Record<number, ConnectionRefused['reason']>> = {
  401: 'sign_in_again',
  403: 'no_access',
  404: 'no_such_server',
};

/** Without a message the banner has words of its own. */
const noAnswer = () => new Error('');

/** A ticket for one socket, with a fresh access token where the old one was refused. */
export async function getTicket({ serverId, renew, signal }: CredentialRequest): Promise<string> {
  if (renew) await renewToken();
  try {
    return (await call<{ ticket: string }>('POST', '/ws/tickets', { body: { server_id: serverId }, signal })).ticket;
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 0) throw noAnswer();
    const reason = REFUSALS[error.status];
    throw reason === undefined ? new Error(error.detail) : new ConnectionRefused(reason);
  }
}

async function renewToken(): Promise<void> {
  const { outcome } = await refreshTokens(readTokens()?.access_token);
  if (outcome === 'fresh') return;
  if (outcome === 'unreachable') throw noAnswer();
  sessionEnded();
  throw new ConnectionRefused('sign_in_again');
}
