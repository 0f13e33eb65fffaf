import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { ListedPackage, Service, ServiceDetail } from './catalogue-types.js';
import { call } from './http.js';
import { queryString } from './query-string.js';

export const catalogueQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['catalogue', 'list', q],
    queryFn: ({ signal, pageParam }) =>
      call<{ services: Service[]; next?: string }>('GET', `/catalogue${queryString({ q, page: pageParam })}`, {
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    placeholderData: (before) => before,
  });

export const serviceQuery = (id: string) =>
  queryOptions({
    queryKey: ['catalogue', 'one', id],
    queryFn: ({ signal }) => call<ServiceDetail>('GET', `/catalogue/${id}`, { signal }),
  });

export const packagesQuery = queryOptions({
  queryKey: ['catalogue', 'packages'],
  queryFn: async ({ signal }) =>
    (await call<{ packages: ListedPackage[] }>('GET', '/catalogue/packages', { signal })).packages,
});
