import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../api/identity-queries.js';
import { serversQuery } from '../api/queries.js';
import type { McpServer } from '../api/types.js';
import { useOpenSession } from '../app/open-session.js';
import { Page } from '../app/page.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { ago } from '../ui/format.js';
import { useNow } from '../ui/hooks.js';
import { More } from '../ui/more.js';
import { visible } from '../ui/visible.js';
import { OpenOrConnect, SignInLink } from './open-or-connect.js';
import { signInFailure } from './sign-in-words.js';
import { POLICY_SHORT, POLICY_WORDS, ServerStatus } from './server-words.js';

export function ServersPage() {
  const query = useInfiniteQuery(serversQuery);
  const { code } = useSearch({ from: '/inside/servers' });
  const [filter, setFilter] = useState('');
  const session = useOpenSession();
  const mayAdd = useMay('servers.create');
  const now = useNow(30_000);
  const all = query.data?.pages.flatMap((page) => page.servers) ?? [];
  const rows = all.filter((one) => `${one.name} ${one.url}`.toLowerCase().includes(filter.toLowerCase()));

  return (
    <Page title="Servers">
      <div className="section-head">
        <h1>Servers</h1>
        {all.length > 5 && (
          <input
            className="input"
            type="search"
            aria-label="Filter servers"
            placeholder="Filter"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        )}
        {mayAdd && (
          <Link to="/servers/new" className="button button-primary">
            Add server
          </Link>
        )}
      </div>
      {code !== undefined && (
        <div className="note note-error" role="alert">
          {signInFailure(code)} <Link to="/servers">All right</Link>
        </div>
      )}
      {session.failure}
      {query.isPending && <Loading what="servers" />}
      {query.isError && !query.isFetchNextPageError && (
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && all.length === 0 && (
        <p className="empty">
          No servers yet.{' '}
          {mayAdd ? (
            <>
              <Link to="/servers/new">Add one</Link> from a URL or an mcp.json.
            </>
          ) : (
            'A developer or an admin of the organization can add one.'
          )}
        </p>
      )}
      {all.length > 0 && rows.length === 0 && (
        <p className="empty">
          No match for ‘{filter}’.{' '}
          <button type="button" className="button" onClick={() => setFilter('')}>
            Clear filter
          </button>
        </p>
      )}
      {rows.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Server</th>
              <th scope="col">Status</th>
              <th scope="col" className="wide-only">
                Approval
              </th>
              <th scope="col" className="number wide-only">
                Tools
              </th>
              <th scope="col" className="number wide-only">
                Latency
              </th>
              <th scope="col" className="wide-only">
                Protocol
              </th>
              <th scope="col" className="number wide-only">
                Checked
              </th>
              <th scope="col">
                <span className="unseen">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((server) => (
              <Row key={server.id} server={server} now={now} onOpen={() => session.open({ serverId: server.id })} />
            ))}
          </tbody>
        </table>
      )}
      <More pages={query} label="More servers" />
    </Page>
  );
}

function Row({ server, now, onOpen }: { server: McpServer; now: number; onOpen: () => void }) {
  return (
    <tr>
      <td className="cell-main">
        <Link to="/servers/$serverId" params={{ serverId: server.id }} className="mono">
          {visible(server.name)}
        </Link>{' '}
        {server.demo && <span className="tag">demo</span>}
        <span className="dim mono cell-url wide-only" title={server.url}>
          {visible(server.url)}
        </span>
      </td>
      <td>
        <SignInLink server={server}>
          <ServerStatus server={server} />
        </SignInLink>
      </td>
      <td
        className="wide-only cell-short"
        title={server.approval_policy === undefined ? undefined : POLICY_WORDS[server.approval_policy]}
      >
        {server.approval_policy ? POLICY_SHORT[server.approval_policy] : '–'}
      </td>
      <td className="number wide-only">{server.tool_count ?? '–'}</td>
      <td className="number wide-only">{server.latency == null ? '–' : `${Math.round(server.latency)} ms`}</td>
      <td className="mono wide-only cell-short">{server.protocol?.version ?? '–'}</td>
      <td className="number dim wide-only">{server.last_checked ? ago(server.last_checked, now) : 'never'}</td>
      <td className="cell-actions">
        <OpenOrConnect server={server} onOpen={onOpen} />
      </td>
    </tr>
  );
}
