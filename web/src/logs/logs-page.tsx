import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { requestsQuery } from '../api/log-queries.js';
import { Page } from '../app/page.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { LogDrawer } from './log-drawer.js';
import { LogFilters } from './log-filters.js';
import { filterOf, isFiltered, type LogSearch } from './log-search.js';
import { LogTable } from './log-table.js';

/** Every call, whoever made it: found by the address, read in the drawer. */
export function LogsPage() {
  const search = useSearch({ from: '/inside/logs' });
  const navigate = useNavigate({ from: '/logs' });
  const [live, setLive] = useState(true);
  const query = useInfiniteQuery(requestsQuery(filterOf(search), live));
  const rows = query.data?.pages.flatMap((page) => page.requests) ?? [];
  // Each page looks at a part of the log only: one without a row is not the end.
  const looking = rows.length === 0 && query.hasNextPage && !query.isFetchNextPageError;
  const goOn = looking && !query.isFetchingNextPage;
  const { fetchNextPage } = query;
  useEffect(() => {
    if (goOn) void fetchNextPage();
  }, [goOn, fetchNextPage]);
  const change = (part: Partial<LogSearch>) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: part.open === undefined });
  const clear = () => void navigate({ search: {}, replace: true });

  return (
    <Page title="Request logs" wide>
      <div className="section-head">
        <h1>Request logs</h1>
        <button type="button" className="button" aria-pressed={live} onClick={() => setLive(!live)}>
          {live ? 'Live: pause' : 'Paused: go live'}
        </button>
      </div>
      <LogFilters search={search} onChange={change} onClear={clear} />
      {query.isPending && <Loading what="the log" lines={8} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && looking && <p className="empty">Looking further back…</p>}
      {query.isSuccess && rows.length === 0 && !looking && (
        <p className="empty">
          {isFiltered(search) ? 'Nothing that fits. ' : 'No calls yet: whatever calls a tool is written down here.'}
          {isFiltered(search) && (
            <button type="button" className="button" onClick={clear}>
              Clear filter
            </button>
          )}
        </p>
      )}
      {rows.length > 0 && (
        <LogTable
          rows={rows}
          more={query.hasNextPage && !query.isFetchingNextPage}
          onMore={() => void fetchNextPage()}
          onOpen={(id) => change({ open: id })}
        />
      )}
      {search.open !== undefined && (
        <LogDrawer
          key={search.open}
          id={search.open}
          onClose={() => void navigate({ search: ({ open: _open, ...rest }) => rest, replace: true })}
        />
      )}
    </Page>
  );
}
