import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../api/http.js';
import { useMay } from '../api/identity-queries.js';
import { queryClient } from '../api/queries.js';
import { gatewayQuery, toolsetsQuery } from '../api/toolset-queries.js';
import type { Presentation, ToolsetSummary } from '../api/toolset-types.js';
import { Page } from '../app/page.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Field } from '../ui/field.js';
import { plural } from '../ui/format.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { PRESENTATION_WORDS, PRESENTATIONS } from './toolset-words.js';

export function ToolsetsPage() {
  const toolsets = useQuery(toolsetsQuery);
  const manages = useMay('toolsets.manage');
  return (
    <Page title="Toolsets">
      <div className="section-head">
        <h1>Toolsets</h1>
        {manages && (
          <Link to="/toolsets/new" className="button button-primary">
            New toolset
          </Link>
        )}
      </div>
      <p className="dim">
        A few tools, of any servers, at an address of their own. It gives nobody a tool: each is offered what they may
        call.
      </p>
      {toolsets.isPending && <Loading what="toolsets" />}
      {toolsets.isError && <ErrorNote error={toolsets.error} onRetry={() => void toolsets.refetch()} />}
      {toolsets.data?.length === 0 && (
        <p className="empty">No toolsets yet: a client that connects gets all tools of all servers, or of one.</p>
      )}
      {toolsets.data && toolsets.data.length > 0 && (
        <ul className="entries" data-testid="toolsets">
          {toolsets.data.map((toolset) => (
            <Entry key={toolset.id} toolset={toolset} />
          ))}
        </ul>
      )}
      <Default />
    </Page>
  );
}

function Entry({ toolset }: { toolset: ToolsetSummary }) {
  const { id, name, path, description, presentation, entries_count, audience, updated_at } = toolset;
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <Link to="/toolsets/$toolsetId" params={{ toolsetId: id }}>
            <strong>{visible(name)}</strong>
          </Link>{' '}
          {presentation === 'search' && <span className="tag">by search</span>}
          {audience !== null && <span className="tag">for some</span>}
        </p>
        {description !== '' && <p>{visible(description)}</p>}
        <p className="entry-meta dim">
          <span className="mono">{path}</span>
          <span>{plural(entries_count, 'entry', 'entries')}</span>
          <span>
            changed <Moment at={updated_at} exact={false} />
          </span>
        </p>
      </div>
      <div className="entry-actions">
        <Link
          to="/connect"
          search={{ toolset: id }}
          className="button"
          aria-label={`Connect a client to ${visible(name)}`}
        >
          Connect
        </Link>
      </div>
    </li>
  );
}

/** How clients are shown tools where no toolset says it. */
function Default() {
  const gateway = useQuery(gatewayQuery);
  const mayChange = useMay('gateway.change');
  const changing = useMutation({
    mutationFn: (presentation: Presentation) => call('PUT', '/organization/gateway', { body: { presentation } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: gatewayQuery.queryKey }),
  });
  const shown = changing.isPending ? changing.variables : gateway.data?.presentation;
  return (
    <section className="section" aria-labelledby="without">
      <h2 id="without">Without a toolset</h2>
      {gateway.isPending && <Loading what="the setting" lines={2} />}
      {gateway.isError && <ErrorNote error={gateway.error} onRetry={() => void gateway.refetch()} />}
      {shown !== undefined && (
        <div className="narrow-form">
          <Field label="Clients get" hint="An API key may say otherwise for its client.">
            <select
              className="input"
              value={shown}
              disabled={!mayChange || changing.isPending}
              onChange={({ target }) => changing.mutate(target.value as Presentation)}
            >
              {PRESENTATIONS.map((one) => (
                <option key={one} value={one}>
                  {PRESENTATION_WORDS[one]}
                </option>
              ))}
            </select>
          </Field>
        </div>
      )}
      {changing.isError && <ErrorNote error={changing.error} />}
    </section>
  );
}
