import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { call } from '../api/http.js';
import { connectQuery, toolsetQuery, toolsetsChanged } from '../api/toolset-queries.js';
import type { Toolset } from '../api/toolset-types.js';
import { Page } from '../app/page.js';
import { Confirm } from '../ui/confirm.js';
import { CopyBox } from '../ui/copy.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { visible } from '../ui/visible.js';
import { Offer } from './offer.js';
import { ToolsetForm } from './toolset-form.js';

export function NewToolsetPage() {
  const navigate = useNavigate();
  return (
    <Page title="New toolset" crumb={<Crumb name="new" />}>
      <h1>New toolset</h1>
      <ToolsetForm
        toolset={undefined}
        onSaved={({ id }) =>
          // All of it is kept: there is nothing to ask about.
          void navigate({ to: '/toolsets/$toolsetId', params: { toolsetId: id }, ignoreBlocker: true })
        }
      />
    </Page>
  );
}

export function ToolsetPage() {
  const { toolsetId } = useParams({ from: '/inside/toolsets/$toolsetId' });
  const toolset = useQuery(toolsetQuery(toolsetId));
  return (
    <Page title={toolset.data?.name ?? 'Toolset'} crumb={<Crumb name={toolset.data?.name ?? '…'} />}>
      {toolset.isPending && <Loading what="the toolset" lines={6} />}
      {toolset.isError && (
        <ErrorNote error={toolset.error} onRetry={() => void toolset.refetch()}>
          <Link to="/toolsets" className="button">
            All toolsets
          </Link>
        </ErrorNote>
      )}
      {toolset.data && <Detail key={toolsetId} toolset={toolset.data} />}
    </Page>
  );
}

function Crumb({ name }: { name: string }) {
  return (
    <>
      <Link to="/toolsets">Toolsets</Link> / {visible(name)}
    </>
  );
}

function Detail({ toolset }: { toolset: Toolset }) {
  const { id, name, description, path, may_change } = toolset;
  // As clients outside know it, which may be another address than that of this page.
  const connection = useQuery(connectQuery({ toolset: id }));
  return (
    <>
      <div className="section-head">
        <h1>{visible(name)}</h1>
        <Link to="/connect" search={{ toolset: id }} className="button">
          Connect a client
        </Link>
      </div>
      <p className="field-label">Its address for clients</p>
      <CopyBox name="the address" text={connection.data?.url ?? path} />
      {may_change ? (
        <>
          <ToolsetForm toolset={toolset} onSaved={() => undefined} />
          <Delete toolset={toolset} />
        </>
      ) : (
        <>
          {description !== '' && <p>{visible(description)}</p>}
          <p className="dim">Who made it changes it, and administrators do.</p>
          <Offer offer={toolset} presentation={toolset.presentation} />
        </>
      )}
    </>
  );
}

function Delete({ toolset: { id, name } }: { toolset: Toolset }) {
  const navigate = useNavigate();
  const deleting = useMutation({
    mutationFn: () => call('DELETE', `/toolsets/${id}`),
    onSuccess: async () => {
      await navigate({ to: '/toolsets', ignoreBlocker: true });
      toolsetsChanged();
    },
  });
  return (
    <section className="section" aria-labelledby="end">
      <h2 id="end">Delete it</h2>
      <Confirm
        label="Delete toolset"
        about={name}
        question="Clients that use its address find nothing there. This cannot be undone."
        sure="Delete"
        busy={deleting.isPending}
        run={() => deleting.mutate()}
      />
      {deleting.isError && <ErrorNote error={deleting.error} />}
    </section>
  );
}
