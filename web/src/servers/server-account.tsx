import { useMutation, useQuery } from '@tanstack/react-query';
import { call } from '../api/http.js';
import { accountQuery, queryClient } from '../api/queries.js';
import type { McpServer, ServerAccount as Account } from '../api/types.js';
import { useMay } from '../api/identity-queries.js';
import { type Fact, Facts } from '../ui/facts.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { ago } from '../ui/format.js';
import { visible } from '../ui/visible.js';
import { signInFailure } from './sign-in-words.js';

interface Begun {
  connected: boolean;
  authorization_url: string | null;
}

const TITLES: Record<Account['status'], string> = {
  connected: 'Connected',
  needs_sign_in: 'Sign-in needed',
  not_connected: 'Not connected',
};

/** The account at a server that one signs in to: connect it, see how it is, disconnect it. */
export function ServerAccount({ server, failure }: { server: McpServer; failure: string | undefined }) {
  const query = useQuery(accountQuery(server.id));
  const mayChange = useMay('servers.change');
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: ['servers'] });
    void queryClient.invalidateQueries({ queryKey: ['tools', server.id] });
  };
  const connecting = useMutation({
    mutationFn: () => call<Begun>('POST', `/servers/${server.id}/oauth/connect`, { timeout: 60_000 }),
    onSuccess: ({ authorization_url: url }) => {
      // What a server names is only ever opened as a web address.
      if (url !== null && /^https?:/i.test(url)) window.location.assign(url);
      else refresh();
    },
  });
  const leaving = useMutation({
    mutationFn: () => call('DELETE', `/servers/${server.id}/oauth`),
    onSuccess: refresh,
  });
  if (query.isPending) return <Loading what="the account" lines={2} />;
  if (query.isError) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  const account = query.data;
  const busy = connecting.isPending || leaving.isPending;
  const mayConnect = mayChange && account.may_connect;
  const wants = account.wanted_scopes.length > 0;
  return (
    <section className="section" aria-label="Account" data-testid="server-account">
      <h2>
        {account.oauth?.account === 'per_user' ? 'Your account' : 'Account of all'}: {TITLES[account.status]}
      </h2>
      {failure !== undefined && account.status !== 'connected' && <p className="note">{signInFailure(failure)}</p>}
      <Facts className="server-facts" facts={factsOf(account)} />
      {wants && <p className="note">The server asks for more rights: {visible(account.wanted_scopes.join(', '))}</p>}
      <div className="row">
        {mayConnect && (account.status !== 'connected' || wants) && (
          <button type="button" className="button button-primary" disabled={busy} onClick={() => connecting.mutate()}>
            {account.status === 'not_connected' ? 'Connect account' : 'Sign in again'}
          </button>
        )}
        {mayConnect && account.status !== 'not_connected' && (
          <button type="button" className="button" disabled={busy} onClick={() => leaving.mutate()}>
            Disconnect
          </button>
        )}
        {!mayConnect && <span className="dim">Who manages the server connects this account.</span>}
      </div>
      {connecting.isError && <ErrorNote error={connecting.error} />}
      {leaving.isError && <ErrorNote error={leaving.error} />}
    </section>
  );
}

function factsOf(account: Account): Fact[] {
  const { issuer, scopes, connected_at, last_used_at, reason } = account;
  return [
    ...(issuer === null ? [] : [['Signed in at', visible(issuer)] as const]),
    ...(scopes.length === 0 ? [] : [['Scopes', visible(scopes.join(' '))] as const]),
    ...(connected_at === null ? [] : [['Connected', ago(connected_at, Date.now())] as const]),
    ...(last_used_at === null ? [] : [['Last used', ago(last_used_at, Date.now())] as const]),
    ...(reason === null ? [] : [['Reason', visible(reason)] as const]),
  ];
}
