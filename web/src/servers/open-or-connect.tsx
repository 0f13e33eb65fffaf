import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMay } from '../api/identity-queries.js';
import type { McpServer } from '../api/types.js';
import { visible } from '../ui/visible.js';
import { mayOn } from './access-words.js';
import { isSignInNeeded } from './server-words.js';

/** How it is; where somebody has to sign in, that leads to where one does. */
export function SignInLink({ server, children }: { server: McpServer; children: ReactNode }) {
  if (!isSignInNeeded(server)) return children;
  return (
    <Link to="/servers/$serverId" params={{ serverId: server.id }} title="Nothing of it can be called before">
      {children}
    </Link>
  );
}

/** The next thing to do with a server of a list, for who may do it. */
export function OpenOrConnect({ server, onOpen }: { server: McpServer; onOpen: () => void }) {
  const mayUse = useMay('sessions.use');
  const mayChange = useMay('servers.change');
  const { id, name, oauth, account_status } = server;
  if (isSignInNeeded(server)) {
    // The account of all is of who manages the server.
    if (!mayChange || !mayOn(server, oauth?.account === 'per_user' ? 'use' : 'manage')) return null;
    const words = account_status === 'not_connected' ? 'Connect account' : 'Sign in again';
    return (
      <Link
        to="/servers/$serverId"
        params={{ serverId: id }}
        className="button"
        aria-label={`${words} of ${visible(name)}`}
      >
        {words}
      </Link>
    );
  }
  return mayUse && mayOn(server, 'use') ? (
    <button type="button" className="button" onClick={onOpen}>
      Open session
    </button>
  ) : null;
}
