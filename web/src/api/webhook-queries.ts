import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from './http.js';
import { queryString } from './query-string.js';
import type { Delivery, Webhook } from './webhook-types.js';

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: async ({ signal }) => (await call<{ webhooks: Webhook[] }>('GET', '/webhooks', { signal })).webhooks,
});

export const deliveriesQuery = (webhookId: string, status: string) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', webhookId, status],
    queryFn: ({ signal, pageParam }) =>
      call<{ deliveries: Delivery[]; next?: string }>(
        'GET',
        `/webhooks/${webhookId}/deliveries${queryString({ status, page: pageParam })}`,
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    // Until everything on its way has arrived or failed.
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ deliveries }) => deliveries.some(({ status: one }) => one === 'pending')) === true
        ? 3_000
        : false,
  });
