import { ErrorNote } from './feedback.js';

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => Promise<unknown>;
}

/** Below a list: the next page of it, and what became of asking for that. */
export function More({ pages, label }: { pages: Pages; label: string }) {
  if (!pages.hasNextPage) return null;
  return (
    <>
      {pages.isFetchNextPageError && !pages.isFetchingNextPage && <ErrorNote error={pages.error} />}
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {pages.isFetchingNextPage ? 'Loading…' : label}
        </button>
      </div>
    </>
  );
}
