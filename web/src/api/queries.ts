import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from './http.js';
import { Problem } from './problem.js';
import type { ResourceList, ToolDetail } from './tool-types.js';
import type { Instance, McpServer, ServerAccount, ModelList, Session, ToolList, Usage, User } from './types.js';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays one; only a server that did not answer is asked again.
      retry: (count, error) => count < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
    },
  },
});

const page = (next: string | undefined) => (next === undefined ? '' : `&page=${encodeURIComponent(next)}`);

export const instanceQuery = queryOptions({
  queryKey: ['instance'],
  queryFn: ({ signal }) => call<Instance>('GET', '/instance', { open: true, signal }),
  staleTime: Infinity,
});

export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: ({ signal }) => call<User>('GET', '/user/profile', { signal }),
  staleTime: 60_000,
});

/** A new organization gets its demo server, and that its first check, a moment after the first sign-in. */
function pollAfter(servers: McpServer[]): number {
  if (servers.length === 0 || servers.some(({ last_checked }) => last_checked == null)) return 1_000;
  return servers.every(({ status }) => status === 'online') ? 30_000 : 5_000;
}

export const serversQuery = infiniteQueryOptions({
  queryKey: ['servers'],
  queryFn: ({ signal, pageParam }) =>
    call<{ servers: McpServer[]; next?: string }>('GET', `/servers${page(pageParam).replace('&', '?')}`, { signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last) => last.next,
  // Without an answer there is nothing to follow: the page says so, and offers to ask again.
  refetchInterval: ({ state }) =>
    state.data !== undefined && pollAfter(state.data.pages.flatMap(({ servers }) => servers)),
});

export const serverQuery = (id: string) =>
  queryOptions({
    queryKey: ['servers', id],
    queryFn: ({ signal }) => call<McpServer>('GET', `/servers/${id}`, { signal }),
    refetchInterval: ({ state }) => state.data !== undefined && pollAfter([state.data]),
  });

/** The address to which authorization servers answer: for a client that is registered there by hand. */
export const redirectUriQuery = queryOptions({
  queryKey: ['redirect-uri'],
  queryFn: async ({ signal }) =>
    (await call<{ redirect_uris: string[] }>('GET', '/oauth/client.json', { signal })).redirect_uris[0],
  staleTime: Infinity,
});

export const accountQuery = (serverId: string) =>
  queryOptions({
    queryKey: ['servers', serverId, 'account'],
    queryFn: ({ signal }) => call<ServerAccount>('GET', `/servers/${serverId}/oauth`, { signal }),
  });

export const toolsQuery = (serverId: string) =>
  queryOptions({
    queryKey: ['tools', serverId],
    queryFn: ({ signal }) => call<ToolList>('GET', `/servers/${serverId}/tools`, { signal, timeout: 60_000 }),
    enabled: serverId !== '',
    staleTime: 60_000,
  });

export const toolQuery = (serverId: string, tool: string) =>
  queryOptions({
    queryKey: ['tool', serverId, tool],
    queryFn: ({ signal }) =>
      call<ToolDetail>('GET', `/servers/${serverId}/tools/${encodeURIComponent(tool)}`, { signal, timeout: 60_000 }),
  });

export const resourcesQuery = (serverId: string) =>
  queryOptions({
    queryKey: ['resources', serverId],
    queryFn: ({ signal }) => call<ResourceList>('GET', `/servers/${serverId}/resources`, { signal, timeout: 60_000 }),
    staleTime: 60_000,
  });

/** Something was decided about tools of a server, or about one. */
export function toolsChanged(serverId: string): void {
  void queryClient.invalidateQueries({ queryKey: ['tools', serverId] });
  void queryClient.invalidateQueries({ queryKey: ['tool', serverId] });
  void queryClient.invalidateQueries({ queryKey: ['approvals'] });
}

export const sessionsQuery = (serverId?: string) =>
  infiniteQueryOptions({
    queryKey: ['sessions', serverId ?? 'all'],
    queryFn: ({ signal, pageParam }) => {
      const query = `${serverId === undefined ? '' : `&server_id=${serverId}`}${page(pageParam)}`.replace('&', '?');
      return call<{ sessions: Session[]; next?: string }>('GET', `/sessions${query}`, { signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  });

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id],
    queryFn: ({ signal }) => call<Session>('GET', `/sessions/${id}`, { signal }),
  });

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => call<ModelList>('GET', '/models', { signal }),
});

export const usageQuery = (days: number) =>
  queryOptions({
    queryKey: ['usage', days],
    queryFn: ({ signal }) => call<Usage>('GET', `/usage?days=${days}`, { signal }),
  });
