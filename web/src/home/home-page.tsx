import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useOpenSession } from '../app/open-session.js';
import { Page } from '../app/page.js';
import { Wordmark } from '../app/wordmark.js';
import { useMay } from '../api/identity-queries.js';
import { serversQuery, sessionsQuery } from '../api/queries.js';
import type { McpServer, Session } from '../api/types.js';
import { MyInvitations } from '../organizations/my-invitations.js';
import { OpenOrConnect, SignInLink } from '../servers/open-or-connect.js';
import { ServerStatus } from '../servers/server-words.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { ago, plural } from '../ui/format.js';
import { useNow } from '../ui/hooks.js';
import { visible } from '../ui/visible.js';
import { Checklist, DEMO_PROMPT } from './checklist.js';
import { tick } from './first-run.js';
import { WaitsForYou } from './waits-for-you.js';
import { Unclaimed } from './unclaimed.js';

export function HomePage() {
  const servers = useInfiniteQuery(serversQuery);
  const sessions = useInfiniteQuery(sessionsQuery());
  const demoSession = useOpenSession();
  const session = useOpenSession();
  const rows = servers.data?.pages.flatMap((page) => page.servers) ?? [];
  const recent = sessions.data?.pages[0]?.sessions.slice(0, 12) ?? [];
  const waiting = recent.reduce((sum, one) => sum + one.pending_approvals, 0);
  const demo = rows.find((one) => one.demo);
  const mayAdd = useMay('servers.create');
  const mayUse = useMay('sessions.use');

  useEffect(() => {
    tick('signed-in');
    if (rows.some((one) => one.demo && one.status === 'online')) tick('server');
  }, [rows]);

  const openDemo = () => {
    if (demo) demoSession.open({ serverId: demo.id, prompt: DEMO_PROMPT });
  };

  return (
    <Page title="Home">
      <h1 className="unseen">Home</h1>
      <Wordmark />
      <Unclaimed />
      <MyInvitations />
      {mayUse && <Checklist onOpenDemo={demo ? openDemo : undefined} />}
      {demoSession.failure}
      <WaitsForYou />
      <section className="section" aria-labelledby="home-sessions">
        <div className="section-head">
          <h2 id="home-sessions">Recent sessions</h2>
          {waiting > 0 && <span className="tag tag-you">{plural(waiting, 'approval')} waiting</span>}
        </div>
        {sessions.isError && <ErrorNote error={sessions.error} onRetry={() => void sessions.refetch()} />}
        {sessions.isPending && <Loading what="sessions" />}
        {sessions.isSuccess && recent.length === 0 && (
          <p className="empty">No sessions yet.{mayUse && ' Open one on a server below.'}</p>
        )}
        {recent.length > 0 && <SessionTable sessions={recent} />}
      </section>
      <section className="section" aria-labelledby="home-servers">
        <div className="section-head">
          <h2 id="home-servers">Servers</h2>
          {mayAdd && (
            <Link to="/servers/new" className="button">
              Add server
            </Link>
          )}
        </div>
        {session.failure}
        {servers.isError && <ErrorNote error={servers.error} onRetry={() => void servers.refetch()} />}
        {servers.isPending && <Loading what="servers" />}
        {servers.isSuccess && rows.length === 0 && (
          <p className="empty">
            No servers yet.{' '}
            {mayAdd ? (
              <>
                <Link to="/servers/new">Add one</Link>: a URL, an mcp.json, or a <code>claude mcp add</code> line.
              </>
            ) : (
              'A developer or an admin of the organization can add one.'
            )}
          </p>
        )}
        {rows.map((server) => (
          <ServerLine key={server.id} server={server} onOpen={() => session.open({ serverId: server.id })} />
        ))}
      </section>
    </Page>
  );
}

function SessionTable({ sessions }: { sessions: Session[] }) {
  const now = useNow(30_000);
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Session</th>
          <th scope="col" className="wide-only">
            Server
          </th>
          <th scope="col">Waiting</th>
          <th scope="col" className="number">
            Last change
          </th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.id}>
            <td>
              <Link to="/s/$sessionId" params={{ sessionId: session.id }}>
                {visible(session.title || 'Untitled')}
              </Link>
            </td>
            <td className="wide-only mono">{visible(session.server_name)}</td>
            <td>
              {session.pending_approvals > 0 ? (
                <span className="tag tag-you">
                  {session.pending_approvals} {session.pending_approvals === 1 ? 'awaits' : 'await'} you
                </span>
              ) : (
                <span className="dim">–</span>
              )}
            </td>
            <td className="number dim">{ago(session.updated_at, now)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ServerLine({ server, onOpen }: { server: McpServer; onOpen: () => void }) {
  return (
    <div className="line">
      <SignInLink server={server}>
        <ServerStatus server={server} />
      </SignInLink>
      <Link to="/servers/$serverId" params={{ serverId: server.id }} className="mono">
        {visible(server.name)}
      </Link>
      <span className="dim mono line-meta">
        {server.tool_count != null && `${plural(server.tool_count, 'tool')} · `}
        {server.latency != null
          ? `${Math.round(server.latency)} ms`
          : visible(server.status_reason ?? 'not checked yet')}
      </span>
      <OpenOrConnect server={server} onOpen={onOpen} />
    </div>
  );
}
