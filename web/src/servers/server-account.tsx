import { useMutation, useQuery } from '@tanstack/react-query';
import { call } from '../api/http.js';
import { accountQuery, queryClient, redirectUriQuery } from '../api/queries.js';
import type { McpServer, ServerAccount as Account } from '../api/types.js';
import { useMay } from '../api/identity-queries.js';
import { Confirm } from '../ui/confirm.js';
import { type Fact, Facts } from '../ui/facts.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { ago } from '../ui/format.js';
import { visible } from '../ui/visible.js';
import { ownerWords, signInFailure, STATUS_WORDS, whatFollows } from './sign-in-words.js';

interface Begun {
  connected: boolean;
  authorization_url: string | null;
}

/** The account at a server that one signs in to: connect it, see how it is, disconnect it. */
export function ServerAccount({ server, failure }: { server: McpServer; failure: string | undefined }) {
  const query = useQuery(accountQuery(server.id));
  const home = useQuery({ ...redirectUriQuery, enabled: server.oauth?.grant !== 'client_credentials' });
  const elsewhere = placeAt(home.data);
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
  if (query.isError) {
    return <ErrorNote title="The account was not read" error={query.error} onRetry={() => void query.refetch()} />;
  }
  const account = query.data;
  // Where sign-ins come back to is asked first: begun elsewhere, one would be lost.
  const busy = connecting.isPending || leaving.isPending || home.isLoading;
  const mayConnect = mayChange && account.may_connect;
  const facts = factsOf(account);
  const wants = account.wanted_scopes.length > 0;
  const isWanting = account.status !== 'connected' || wants;
  return (
    <section className="section" aria-label="Account" data-testid="server-account">
      <h2>
        {ownerWords(account.oauth)}: {STATUS_WORDS[account.status]}
      </h2>
      {failure !== undefined && account.status !== 'connected' && (
        <p className="note note-error" role="alert">
          {signInFailure(failure)}
        </p>
      )}
      {account.status !== 'connected' && (
        <p>
          {account.reason === null
            ? whatFollows(account.oauth)
            : `${visible(account.reason)} Calls of the server wait until somebody signs in again.`}
        </p>
      )}
      {facts.length > 0 && <Facts className="server-facts" facts={facts} />}
      {wants && (
        <p className="note">
          The server asks for more rights than this account has: {visible(account.wanted_scopes.join(', '))}.{' '}
          {mayConnect && 'Sign in again to give them.'}
        </p>
      )}
      {mayConnect && isWanting && elsewhere !== undefined && (
        <p className="note">Sign-ins come back to another address of this instance: connect the account there.</p>
      )}
      <div className="row">
        {mayConnect && isWanting && elsewhere !== undefined && (
          <a className="button button-primary" href={elsewhere}>
            Open this page at {new URL(elsewhere).host}
          </a>
        )}
        {mayConnect && isWanting && elsewhere === undefined && (
          <button type="button" className="button button-primary" disabled={busy} onClick={() => connecting.mutate()}>
            {connecting.isPending
              ? 'Connecting…'
              : account.status === 'not_connected'
                ? 'Connect account'
                : 'Sign in again'}
          </button>
        )}
        {mayConnect && account.status !== 'not_connected' && (
          <Confirm
            label="Disconnect"
            about="account"
            question={
              account.oauth?.account === 'per_user'
                ? 'Your calls of this server stop until you sign in again.'
                : 'Everybody’s calls of this server stop until somebody signs in again.'
            }
            sure="Disconnect"
            busy={busy}
            run={() => leaving.mutate()}
          />
        )}
        {!mayConnect && isWanting && (
          <span className="dim">Who manages the server connects this account: ask them.</span>
        )}
      </div>
      {connecting.isError && <ErrorNote error={connecting.error} />}
      {leaving.isError && <ErrorNote error={leaving.error} />}
    </section>
  );
}

/** This page, at the address to which authorization servers answer; undefined where that is this one. */
function placeAt(home: string | undefined): string | undefined {
  if (home === undefined) return undefined;
  const { origin } = new URL(home);
  return origin === location.origin ? undefined : origin + location.pathname;
}

function factsOf(account: Account): Fact[] {
  const { issuer, scopes, connected_at, last_used_at } = account;
  return [
    ...(issuer === null ? [] : [['Signed in at', visible(issuer)] as const]),
    ...(scopes.length === 0 ? [] : [['Scopes', visible(scopes.join(' '))] as const]),
    ...(connected_at === null ? [] : [['Connected', ago(connected_at, Date.now())] as const]),
    ...(last_used_at === null ? [] : [['Last used', ago(last_used_at, Date.now())] as const]),
  ];
}
