import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/http.js';
import { accountQuery, connectedClientsQuery, credentialsChanged } from '../api/identity-queries.js';
import type { ConnectedClient } from '../api/identity-types.js';
import { toolsetsQuery } from '../api/toolset-queries.js';
import { useAllServers } from '../servers/all-servers.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { type Names, reachWords, rightsWords } from './client-words.js';

const AT_ONCE = 10;

/** The programs that somebody let in by OAuth: what each reaches and may do, when it was last here, and its end. */
export function ConnectedClients() {
  const clients = useQuery(connectedClientsQuery);
  const own = useQuery(accountQuery).data?.organization.id;
  const { servers } = useAllServers();
  const toolsets = useQuery(toolsetsQuery).data ?? [];
  const [whole, setWhole] = useState(false);
  const all = clients.data ?? [];
  const shown = whole ? all : all.slice(0, AT_ONCE);
  return (
    <section className="section" aria-labelledby="clients">
      <h2 id="clients">Connected clients</h2>
      {clients.isPending && <Loading what="connected clients" />}
      {clients.isError && <ErrorNote error={clients.error} onRetry={() => void clients.refetch()} />}
      {clients.data?.length === 0 && (
        <p className="empty">
          No client is connected. <Link to="/connect">Connect one</Link>: it asks you here, in the browser.
        </p>
      )}
      <ul className="entries" data-testid="connected-clients">
        {shown.map((client) => (
          <Entry
            key={client.id}
            client={client}
            here={client.organization.id === own ? { servers, toolsets } : undefined}
          />
        ))}
      </ul>
      {shown.length < all.length && (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          Show all {all.length}
        </button>
      )}
    </section>
  );
}

/** @param here what there is in this organization, for a client of it */
function Entry({ client, here }: { client: ConnectedClient; here: Names | undefined }) {
  const { id, redirect, client_kind, granted_at, last_used_at, last_used_ip, organization } = client;
  const ending = useMutation({
    mutationFn: () => call('DELETE', `/connected-clients/${id}`),
    onSuccess: credentialsChanged,
  });
  const name = visible(client.name);
  return (
    <li className="entry" data-kind="oauth_client">
      <div className="entry-text">
        <p>
          <strong>{name}</strong> <span className="tag">connected client</span>
        </p>
        <p className="entry-meta">
          <span>{rightsWords(client.scopes)}</span>
          <span>{visible(reachWords(client.resource, here))}</span>
          {here === undefined && <span>in {visible(organization.name)}</span>}
        </p>
        <p className="entry-meta">
          <span>
            {last_used_at === null ? (
              'never used'
            ) : (
              <>
                used <Moment at={last_used_at} />
              </>
            )}
          </span>
          {last_used_ip !== null && <span className="mono">{last_used_ip}</span>}
        </p>
        <p className="entry-meta dim">
          <span>
            allowed <Moment at={granted_at} />
          </span>
          {redirect !== null && <span>answered at {visible(redirect)}</span>}
          {client_kind === 'registered' && <span>nobody has checked its name</span>}
        </p>
        {ending.isError && <ErrorNote error={ending.error} />}
      </div>
      <div className="entry-actions">
        <Confirm
          label="Revoke"
          about={name}
          question="It is out at once, and has to ask you again."
          sure="Revoke"
          busy={ending.isPending}
          run={() => ending.mutate()}
        />
      </div>
    </li>
  );
}
