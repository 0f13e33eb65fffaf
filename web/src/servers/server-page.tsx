import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { call } from '../api/http.js';
import { useMay } from '../api/identity-queries.js';
import { Problem } from '../api/problem.js';
import { accountQuery, queryClient, serverQuery, toolsQuery } from '../api/queries.js';
import type { McpServer, TestReport } from '../api/types.js';
import { useOpenSession } from '../app/open-session.js';
import { Page } from '../app/page.js';
import { Resources } from '../tools/resources.js';
import { ToolList } from '../tools/tool-list.js';
import { type Fact, Facts } from '../ui/facts.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { ago, plural } from '../ui/format.js';
import { TabPanel, Tabs } from '../ui/tabs.js';
import { visible } from '../ui/visible.js';
import { mayOn } from './access-words.js';
import { Checks } from './checks.js';
import { DeleteServer } from './delete-server.js';
import { ServerAccess } from './server-access.js';
import { ServerAccount } from './server-account.js';
import { ServerSettings } from './server-settings.js';
import { CIRCUIT_WORDS, isSignInNeeded, POLICY_WORDS, ServerStatus } from './server-words.js';

const TABS = ['tools', 'resources', 'access', 'settings'] as const;

export function ServerPage() {
  const { serverId } = useParams({ from: '/inside/servers/$serverId' });
  const query = useQuery(serverQuery(serverId));
  return (
    <Page
      title={query.data?.name ?? 'Server'}
      crumb={
        <>
          <Link to="/servers">Servers</Link> / <span className="mono">{visible(query.data?.name ?? '…')}</span>
        </>
      }
    >
      {query.isPending && <Loading what="the server" lines={5} />}
      {query.isError && (
        <ErrorNote error={query.error} onRetry={() => void query.refetch()}>
          <Link to="/servers" className="button">
            All servers
          </Link>
        </ErrorNote>
      )}
      {query.data && <Detail server={query.data} />}
    </Page>
  );
}

function Detail({ server }: { server: McpServer }) {
  const { check, tab: asked, code } = useSearch({ from: '/inside/servers/$serverId' });
  const navigate = useNavigate({ from: '/servers/$serverId' });
  const session = useOpenSession();
  const [deleting, setDeleting] = useState(false);
  const tools = useQuery(toolsQuery(server.id));
  const mayUse = useMay('sessions.use') && mayOn(server, 'use');
  const mayCheck = useMay('servers.test') && mayOn(server, 'use');
  const manages = useMay('servers.change') && mayOn(server, 'manage');
  const tabs = TABS.filter((one) => manages || one !== 'settings');
  const tab = tabs.find((one) => one === asked) ?? 'tools';
  const account = useQuery({ ...accountQuery(server.id), enabled: server.oauth != null }).data;
  const needsAccount = account === undefined ? isSignInNeeded(server) : account.status !== 'connected';
  // What is said of it is older than the account.
  const isChecked = account?.connected_at == null || (server.last_checked ?? '') > account.connected_at;
  // The check after a sign-in takes a moment, and the page is looked at meanwhile.
  useQuery({ ...serverQuery(server.id), refetchInterval: 1_000, enabled: !isChecked });
  const checking = useMutation({
    mutationFn: () => call<TestReport>('POST', `/servers/${server.id}/check`, { timeout: 90_000 }),
    // Not waited for: the answer of the check is there already.
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ['servers'] }),
  });
  const checked = useRef(false);
  useEffect(() => {
    if (!check || !mayCheck || checked.current) return;
    checked.current = true;
    checking.mutate();
  }, [check, mayCheck, checking]);

  return (
    <>
      <div className="section-head">
        <h1 className="mono">{visible(server.name)}</h1>
        <ServerStatus server={isChecked ? server : { ...server, last_checked: null }} signedOut={needsAccount} />
        {server.demo && <span className="tag">demo</span>}
        {server.service_id != null && (
          <Link to="/catalogue/$serviceId" params={{ serviceId: server.service_id }} className="tag">
            of the catalogue
          </Link>
        )}
      </div>
      {server.description != null && <p>{visible(server.description)}</p>}
      <Facts className="server-facts" facts={factsOf(server)} />
      {server.status_reason != null && !needsAccount && isChecked && (
        <p className="note">
          <span className="dim">Why it is {server.status}: </span>
          {visible(server.status_reason)}
        </p>
      )}
      <div className="row">
        {mayUse && (
          <button
            type="button"
            // One thing comes first: nothing can be called before somebody signed in.
            className={needsAccount ? 'button' : 'button button-primary'}
            onClick={() => session.open({ serverId: server.id })}
          >
            Open session
          </button>
        )}
        {mayUse && (
          <Link to="/connect" search={{ server: server.id }} className="button">
            Connect a client
          </Link>
        )}
        {mayCheck && (
          <button type="button" className="button" disabled={checking.isPending} onClick={() => checking.mutate()}>
            {checking.isPending ? 'Checking…' : 'Check now'}
          </button>
        )}
        {manages && (
          <button type="button" className="button button-danger" onClick={() => setDeleting(true)}>
            Delete
          </button>
        )}
        {!mayUse && <span className="dim">You see this server; using it takes a developer with access to it.</span>}
      </div>
      {session.failure}
      {server.oauth && <ServerAccount server={server} failure={code} />}
      {(checking.isPending || checking.data || checking.isError) && (
        <section className="section" aria-label="Check">
          {checking.isError && <ErrorNote error={checking.error} />}
          {!checking.isError && <Checks checks={checking.data?.checks} running={checking.isPending} />}
        </section>
      )}
      <Tabs
        label="Server"
        prefix="server"
        names={tabs}
        chosen={tab}
        title={(one) => (one === 'tools' && tools.data ? `tools ${tools.data.tools.length}` : one)}
        onChoose={(one) => void navigate({ search: (now) => ({ ...now, tab: one }), replace: true })}
      />
      <TabPanel prefix="server" name={tab}>
        {tab === 'access' && <ServerAccess server={server} />}
        {tab === 'resources' && <Resources server={server} />}
        {tab === 'settings' && <ServerSettings server={server} />}
        {tab === 'tools' && tools.isPending && <Loading what="the tools" lines={5} />}
        {tab === 'tools' && tools.isError && isSignIn(tools.error) && (
          <p className="empty">Its tools are known once its account is connected, above.</p>
        )}
        {tab === 'tools' && tools.isError && !isSignIn(tools.error) && (
          <ErrorNote error={tools.error} onRetry={() => void tools.refetch()} />
        )}
        {tab === 'tools' && tools.data && (
          <>
            <p className="dim">
              {plural(tools.data.tools.length, 'tool')}, {plural(tools.data.resources_count, 'resource')},{' '}
              {plural(tools.data.prompts_count, 'prompt')}. What a tool says of itself is the server's claim, not a
              proof. “models” tells how well language models can call it, by its input schema: 100 is as it is.
              {server.handle !== undefined && (
                <>
                  {' '}
                  For clients of <span className="mono">/mcp</span> each name begins with{' '}
                  <span className="mono">{server.handle}__</span>.
                </>
              )}
            </p>
            <ToolList server={server} tools={tools.data.tools} />
          </>
        )}
      </TabPanel>
      {deleting && <DeleteServer server={server} onClose={() => setDeleting(false)} />}
    </>
  );
}

const isSignIn = (error: unknown) => error instanceof Problem && error.code === 'UPSTREAM_SIGN_IN_NEEDED';

function factsOf(server: McpServer): Fact[] {
  const { url, latency, last_checked, protocol, approval_policy, handle, circuit } = server;
  const held = circuit && circuit.state !== 'closed' ? CIRCUIT_WORDS[circuit.state](circuit.open_until) : undefined;
  return [
    ['URL', visible(url)],
    ...(handle === undefined ? [] : [['Handle', handle] as const]),
    ['Latency', latency == null ? '–' : `${Math.round(latency)} ms`],
    ['Checked', last_checked ? ago(last_checked, Date.now()) : 'never'],
    ['Protocol', protocol ? `${protocol.version} (${protocol.era})` : '–'],
    ['Approval', approval_policy ? POLICY_WORDS[approval_policy] : '–'],
    ...(held === undefined ? [] : [['Calls', held] as const]),
  ];
}
