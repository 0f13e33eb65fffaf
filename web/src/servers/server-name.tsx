import { useQuery } from '@tanstack/react-query';
import { serverQuery } from '../api/queries.js';
import { visible } from '../ui/visible.js';

/** What people call a server; its id until that is known. */
export function ServerName({ id }: { id: string }) {
  return visible(useQuery(serverQuery(id)).data?.name ?? id);
}
