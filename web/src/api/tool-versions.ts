import { queryOptions } from '@tanstack/react-query';
import { call } from './http.js';
import { queryString } from './query-string.js';

interface Listed<Item> {
  items: Item[];
  pages: number;
}

/** An earlier definition of a tool, by its pin: the Admin API keeps them all, under numbers. */
export const definitionQuery = (serverId: string, tool: string, pin: string) =>
  queryOptions({
    queryKey: ['definition', serverId, tool, pin],
    queryFn: async ({ signal }) => {
      const kept = await find<{ id: string; name: string }>(
        `/servers/${serverId}/tools`,
        ({ name }) => name === tool,
        signal,
      );
      const versions = `/tools/${kept?.id ?? 'none'}/versions`;
      const version = await find<{ version: number; pin: string }>(versions, (one) => one.pin === pin, signal);
      const path = `${versions}/${version?.version ?? 0}`;
      return (await call<{ definition: unknown }>('GET', path, { base: '/api', signal })).definition;
    },
    // A definition under a pin is that for ever.
    staleTime: Infinity,
  });

const PAGE_SIZE = 100;
const MAX_PAGES = 20;

async function find<Item>(path: string, fits: (item: Item) => boolean, signal: AbortSignal): Promise<Item | undefined> {
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const query = queryString({ page, page_size: PAGE_SIZE });
    const { items, pages } = await call<Listed<Item>>('GET', `${path}${query}`, { base: '/api', signal });
    const found = items.find(fits);
    if (found !== undefined || page >= pages) return found;
  }
  return undefined;
}
