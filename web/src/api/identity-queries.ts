import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query';
import { call } from './http.js';
import { queryClient } from './queries.js';
import { queryString } from './query-string.js';
import type {
  Account,
  Action,
  ActivityEntry,
  ApiKey,
  ConnectedClient,
  Credential,
  Invitation,
  Member,
  MyInvitation,
  Organization,
  OrganizationRow,
  ServerAccess,
} from './identity-types.js';

export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => call<Account>('GET', '/user/account', { signal }),
  staleTime: 60_000,
});

/** Whether something is shown. Until it is known all is: the server refuses what must not be. */
export function useMay(action: Action): boolean {
  const account = useQuery(accountQuery).data;
  return account === undefined || account.may.includes(action);
}

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }) => (await call<{ api_keys: ApiKey[] }>('GET', '/user/api-keys', { signal })).api_keys,
});

export const credentialsQuery = queryOptions({
  queryKey: ['credentials'],
  queryFn: async ({ signal }) =>
    (await call<{ credentials: Credential[] }>('GET', '/user/credentials', { signal })).credentials,
});

export const connectedClientsQuery = queryOptions({
  queryKey: ['connected-clients'],
  queryFn: async ({ signal }) =>
    (await call<{ clients: ConnectedClient[] }>('GET', '/connected-clients', { signal })).clients,
});

export function credentialsChanged(): void {
  for (const { queryKey } of [credentialsQuery, connectedClientsQuery, keysQuery]) {
    void queryClient.invalidateQueries({ queryKey });
  }
}

export const organizationsQuery = queryOptions({
  queryKey: ['organizations'],
  queryFn: async ({ signal }) =>
    (await call<{ organizations: OrganizationRow[] }>('GET', '/organizations', { signal })).organizations,
  staleTime: 60_000,
});

export const organizationQuery = queryOptions({
  queryKey: ['organization'],
  queryFn: ({ signal }) => call<Organization>('GET', '/organization', { signal }),
});

export const membersQuery = infiniteQueryOptions({
  queryKey: ['members'],
  queryFn: ({ signal, pageParam }) =>
    call<{ members: Member[]; next?: string }>('GET', `/organization/members${queryString({ page: pageParam })}`, {
      signal,
    }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last) => last.next,
});

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'],
  queryFn: async ({ signal }) =>
    (await call<{ invitations: Invitation[] }>('GET', '/organization/invitations', { signal })).invitations,
});

export const myInvitationsQuery = queryOptions({
  queryKey: ['my-invitations'],
  queryFn: async ({ signal }) =>
    (await call<{ invitations: MyInvitation[] }>('GET', '/invitations', { signal })).invitations,
  staleTime: 60_000,
});

export const serverAccessQuery = (serverId: string) =>
  queryOptions({
    queryKey: ['server-access', serverId],
    queryFn: ({ signal }) => call<ServerAccess>('GET', `/servers/${serverId}/access`, { signal }),
  });

export interface ActivityFilter {
  action?: string | undefined;
  actor?: string | undefined;
  q?: string | undefined;
}

export const activityQuery = (filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: ['activity', filter.action ?? '', filter.actor ?? '', filter.q ?? ''],
    queryFn: ({ signal, pageParam }) => {
      const query = queryString({ ...filter, page: pageParam });
      return call<{ activity: ActivityEntry[]; next?: string }>('GET', `/activity${query}`, { signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });
