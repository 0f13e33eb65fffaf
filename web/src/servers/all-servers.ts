import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { serversQuery } from '../api/queries.js';
import type { McpServer } from '../api/types.js';

interface AllServers {
  /** As far as they are known. */
  servers: McpServer[];
  isWhole: boolean;
  /** Why they are not all known, and will not be by waiting. */
  error: Error | null;
  retry: () => void;
}

/** Page after page, for choices: one of some would look like one of all. */
export function useAllServers(): AllServers {
  const query = useInfiniteQuery(serversQuery);
  const { data, error, hasNextPage, isFetching, isError, fetchNextPage, refetch } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage({ cancelRefetch: false });
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const isWhole = data !== undefined && !hasNextPage;
  return {
    servers: data?.pages.flatMap((page) => page.servers) ?? [],
    isWhole,
    error: isWhole ? null : error,
    retry: () => void refetch(),
  };
}
