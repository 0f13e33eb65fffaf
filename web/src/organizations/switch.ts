import { call } from '../api/http.js';
import { organizationsQuery } from '../api/identity-queries.js';
import type { OrganizationRow } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { readTokens, writeTokens } from '../api/tokens.js';
import type { Option, Reply } from '../app/command.js';

interface Switched {
  access_token: string;
  organization: OrganizationRow;
}

/** From now on this sign-in, in all tabs, is in the other organization; pages follow the new token by themselves. */
export async function switchTo(organizationId: string): Promise<void> {
  goOnWith(await call<Switched>('POST', `/organizations/${organizationId}/switch`));
}

/** The refresh token stays the same. */
function goOnWith({ access_token }: Switched): void {
  const refresh_token = readTokens()?.refresh_token;
  if (refresh_token !== undefined) writeTokens({ access_token, refresh_token });
  void queryClient.invalidateQueries({ queryKey: organizationsQuery.queryKey });
}

/** Out of the one that one is in; the sign-in goes on in another, or in a new one of one's own. */
export async function leave(): Promise<void> {
  goOnWith(await call<Switched>('POST', '/organization/leave'));
}

const known = (): OrganizationRow[] => queryClient.getQueryData(organizationsQuery.queryKey) ?? [];

export const organizationOptions = (): Option[] =>
  known().map(({ name, role, current }) => ({ value: name, help: current ? `${role}, you are here` : role }));

/** By its name. */
export async function switchByName(name: string, go: (to: string) => void): Promise<Reply> {
  const wanted = name.trim().toLowerCase();
  if (wanted === '') {
    go('/settings/organization');
    return undefined;
  }
  const rows = await queryClient.ensureQueryData(organizationsQuery);
  const row = rows.find((one) => one.name.toLowerCase() === wanted);
  if (!row) return { error: `You are in no organization ${name.trim()}.` };
  if (row.current) return { notice: `You are in ${row.name} already.` };
  await switchTo(row.id);
  go('/');
  return undefined;
}
