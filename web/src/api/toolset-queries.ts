import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from './http.js';
import { queryClient } from './queries.js';
import { queryString } from './query-string.js';
import type { Connection, OfferedTool, Presentation, Toolset, ToolsetEntry } from './toolset-types.js';
import type { ToolsetOffer, ToolsetSummary } from './toolset-types.js';

export const toolsetsQuery = queryOptions({
  queryKey: ['toolsets'],
  queryFn: async ({ signal }) => (await call<{ toolsets: ToolsetSummary[] }>('GET', '/toolsets', { signal })).toolsets,
});

export const toolsetQuery = (id: string) =>
  queryOptions({
    queryKey: ['toolsets', id],
    queryFn: ({ signal }) => call<Toolset>('GET', `/toolsets/${id}`, { signal }),
  });

export const toolsetsChanged = () => void queryClient.invalidateQueries({ queryKey: toolsetsQuery.queryKey });

export const previewQuery = (entries: readonly ToolsetEntry[]) =>
  queryOptions({
    queryKey: ['toolset-preview', entries],
    queryFn: ({ signal }) => call<ToolsetOffer>('POST', '/toolsets/preview', { body: { entries }, signal }),
    placeholderData: keepPreviousData,
  });

export const toolSearchQuery = (words: string) =>
  queryOptions({
    queryKey: ['tool-search', words],
    queryFn: async ({ signal }) =>
      (await call<{ tools: OfferedTool[] }>('GET', `/tools/search${queryString({ q: words })}`, { signal })).tools,
    enabled: words !== '',
    placeholderData: keepPreviousData,
  });

export const gatewayQuery = queryOptions({
  queryKey: ['gateway'],
  queryFn: ({ signal }) => call<{ presentation: Presentation }>('GET', '/organization/gateway', { signal }),
});

export const connectQuery = (wanted: { server?: string | undefined; toolset?: string | undefined }) =>
  queryOptions({
    queryKey: ['connect', wanted],
    queryFn: ({ signal }) => call<Connection>('GET', `/connect${queryString(wanted)}`, { signal }),
    placeholderData: keepPreviousData,
  });
