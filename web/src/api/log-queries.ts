import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from './http.js';
import type { RequestDetail, RequestFilter, RequestRow } from './log-types.js';
import { queryString } from './query-string.js';

const LIVE_MS = 3_000;

export const requestsQuery = (filter: RequestFilter, live: boolean) =>
  infiniteQueryOptions({
    queryKey: ['requests', filter],
    queryFn: ({ signal, pageParam }) =>
      call<{ requests: RequestRow[]; next?: string }>(
        'GET',
        `/requests${queryString({ ...filter, page: pageParam })}`,
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state }) => (live && state.data?.pages.length === 1 ? LIVE_MS : false),
  });

export const requestQuery = (id: string) =>
  queryOptions({
    queryKey: ['request', id],
    queryFn: ({ signal }) => call<RequestDetail>('GET', `/requests/${id}`, { signal }),
    staleTime: Infinity,
  });
