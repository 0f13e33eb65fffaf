import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  ApprovalCounts,
  ApprovalDetail,
  ApprovalList,
  ApprovalMails,
  ApprovalStats,
  Grant,
} from './approval-types.js';
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

export const approvalStatsQuery = (days: number) =>
  queryOptions({
    queryKey: ['approvals', 'stats', days],
    queryFn: ({ signal }) => call<ApprovalStats>('GET', `/approvals/stats?days=${days}`, { signal }),
    staleTime: 30_000,
  });

/** About what this person is mailed. */
export const approvalMailsQuery = queryOptions({
  queryKey: ['approval-mails'],
  queryFn: async ({ signal }) =>
    (await call<{ approval_mails: ApprovalMails }>('GET', '/approvals/settings', { signal })).approval_mails,
});

/** Something was asked for or decided, here or elsewhere. */
export function approvalsChanged(): void {
  void queryClient.invalidateQueries({ queryKey: ['approvals'] });
}
