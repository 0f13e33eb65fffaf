import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { isRecord } from '@app/session-protocol/client';
import type { ApprovalCounts, ApprovalDetail, ApprovalList, Grant } from './approval-types.js';
import { call } from './http.js';
import { queryString } from './query-string.js';
import { queryClient } from './queries.js';

export interface ApprovalFilter {
  status: 'pending' | 'decided';
  kind?: string | undefined;
  server_id?: string | undefined;
}

export const approvalsQuery = ({ status, kind, server_id }: ApprovalFilter) =>
  infiniteQueryOptions({
    queryKey: ['approvals', 'list', status, kind ?? '', server_id ?? ''],
    queryFn: ({ signal, pageParam }) =>
      call<ApprovalList>('GET', `/approvals${queryString({ status, kind, server_id, page: pageParam })}`, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });

export const approvalQuery = (id: string) =>
  queryOptions({
    queryKey: ['approvals', 'one', id],
    queryFn: ({ signal }) => call<ApprovalDetail>('GET', `/approvals/${id}`, { signal }),
  });

export const countsQuery = queryOptions({
  queryKey: ['approvals', 'counts'],
  queryFn: ({ signal }) => call<ApprovalCounts>('GET', '/approvals/counts', { signal }),
  staleTime: 10_000,
});

export const grantsQuery = queryOptions({
  queryKey: ['approvals', 'grants'],
  queryFn: async ({ signal }) => (await call<{ grants: Grant[] }>('GET', '/approvals/grants', { signal })).grants,
});

/** Of any shape: what it holds is shown by name. */
export const approvalStatsQuery = (days: number) =>
  queryOptions({
    queryKey: ['approvals', 'stats', days],
    queryFn: async ({ signal }) => {
      const stats = await call<unknown>('GET', `/approvals/stats?days=${days}`, { signal });
      return isRecord(stats) ? stats : {};
    },
    staleTime: 30_000,
  });

/** Something was asked for or decided, here or elsewhere. */
export function approvalsChanged(): void {
  void queryClient.invalidateQueries({ queryKey: ['approvals'] });
}
