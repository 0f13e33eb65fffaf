import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMay } from '../api/identity-queries.js';
import { serverQuery, toolQuery } from '../api/queries.js';
import type { ToolDetail } from '../api/tool-types.js';
import type { McpServer } from '../api/types.js';
import { Page } from '../app/page.js';
import { mayOn } from '../servers/access-words.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { JsonView } from '../ui/json-tree.js';
import { TabPanel, Tabs } from '../ui/tabs.js';
import { visible } from '../ui/visible.js';
import { Notes, Score } from './compatibility.js';
import { Playground } from './playground.js';
import { StateChip } from './state-chip.js';
import { Callable, Claims } from './tool-list.js';
import { ToolCallers } from './tool-callers.js';
import { ToolHistory } from './tool-history.js';
import { ToolPolicy } from './tool-policy.js';
import { ToolTrust } from './tool-trust.js';

const TABS = ['run', 'definition', 'history'] as const;

export function ToolPage() {
  const { serverId, tool } = useParams({ from: '/inside/servers/$serverId/tools/$tool' });
  const server = useQuery(serverQuery(serverId));
  const detail = useQuery(toolQuery(serverId, tool));
  const failed = [server, detail].find(({ isError }) => isError);
  return (
    <Page
      title={tool}
      crumb={
        <>
          <Link to="/servers/$serverId" params={{ serverId }} className="mono">
            {visible(server.data?.name ?? '…')}
          </Link>{' '}
          / <span className="mono">{visible(tool)}</span>
        </>
      }
    >
      {failed && (
        <ErrorNote
          error={failed.error}
          onRetry={() => {
            void server.refetch();
            void detail.refetch();
          }}
        />
      )}
      {!failed && (server.isPending || detail.isPending) && <Loading what="the tool" lines={6} />}
      {server.data && detail.data && <Detail key={tool} server={server.data} detail={detail.data} />}
    </Page>
  );
}

function Detail({ server, detail }: { server: McpServer; detail: ToolDetail }) {
  const { tool } = detail;
  const { tab: asked } = useSearch({ from: '/inside/servers/$serverId/tools/$tool' });
  const navigate = useNavigate({ from: '/servers/$serverId/tools/$tool' });
  const mayUse = useMay('sessions.use') && mayOn(server, 'use') && tool.may_call !== false;
  const names = TABS.filter((name) => mayUse || name !== 'run');
  const tab = names.find((name) => name === asked) ?? names[0] ?? 'definition';
  const description = (tool.description ?? '').trim();
  return (
    <>
      <div className="section-head">
        <h1 className="mono">{visible(tool.name)}</h1>
        <StateChip tool={tool} />
        <Claims tool={tool} />
        <Callable tool={tool} />
        {tool.compatibility && <Score of={tool.compatibility} />}
      </div>
      {tool.title !== undefined && tool.title !== '' && tool.title !== tool.name && <p>{visible(tool.title)}</p>}
      {description !== '' && <p className="tool-text">{visible(description)}</p>}
      {tool.renamed_from != null && (
        <p className="dim">
          It looks like <span className="mono">{visible(tool.renamed_from)}</span> under a new name.
        </p>
      )}
      <ToolTrust server={server} detail={detail} />
      <Tabs
        label="Tool"
        prefix="tool"
        names={names}
        chosen={tab}
        onChoose={(name) => void navigate({ search: { tab: name }, replace: true })}
      />
      <TabPanel prefix="tool" name={tab}>
        {tab === 'run' && <Playground server={server} tool={tool} />}
        {tab === 'definition' && (
          <>
            {tool.compatibility && tool.compatibility.notes.length > 0 && <Notes of={tool.compatibility} />}
            <ToolPolicy server={server} tool={tool} />
            <ToolCallers server={server} tool={tool} />
            <p className="dim">As the server gave it. What it says of itself is its claim, not a proof.</p>
            <JsonView name="The definition" value={detail.definition} />
            <p className="dim mono pin" title="SHA-256 of the definition">
              pin {tool.pin}
            </p>
          </>
        )}
        {tab === 'history' && <ToolHistory serverId={server.id} detail={detail} />}
      </TabPanel>
    </>
  );
}
