import { hashKey } from '@tanstack/react-query';
import { useUi } from '../app/ui-state.js';
import { call } from './http.js';
import { accountQuery } from './identity-queries.js';
import { changeOfRights } from './change-of-rights.js';
import type { Account } from './identity-types.js';
import { Problem } from './problem.js';
import { queryClient } from './queries.js';
import { onTokensChanged } from './tokens.js';

/** A new access token may carry other rights, and a refusal may come of them: pages follow, and say so. */
export function watchRights(): void {
  const look = () => void lookAgain().catch(() => undefined);
  onTokensChanged(look);
  const refused = (error: unknown) => error instanceof Problem && error.status === 403;
  queryClient.getQueryCache().subscribe((event) => {
    if (event.query.queryHash === hashKey(accountQuery.queryKey)) return;
    if (event.type === 'updated' && event.action.type === 'error' && refused(event.action.error)) look();
  });
  queryClient.getMutationCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error' && refused(event.action.error)) look();
  });
}

async function lookAgain(): Promise<void> {
  const before = queryClient.getQueryData(accountQuery.queryKey);
  if (!before) return;
  // Not by the query: a page that is left meanwhile would take the answer along.
  const now = await call<Account>('GET', '/user/account');
  queryClient.setQueryData(accountQuery.queryKey, now);
  const change = changeOfRights(before, now);
  if (change === undefined) return;
  if (before.organization.id === now.organization.id) void queryClient.invalidateQueries();
  else void queryClient.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'account' });
  useUi.setState({ said: { text: change, error: false } });
}
