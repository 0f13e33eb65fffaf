import type { Role } from '../api/identity-types.js';

export const ROLES = ['owner', 'admin', 'developer', 'viewer'] as const satisfies readonly Role[];

export const ROLE_WORDS: Record<Role, string> = {
  owner: 'everything, and who owns it',
  admin: 'members, plan, activity, all servers',
  developer: 'adds servers and runs sessions',
  viewer: 'reads servers, tools and what is their own',
};

/** The roles that one may give: none above one's own. */
export const rolesGivenBy = (own: Role): readonly Role[] => ROLES.slice(ROLES.indexOf(own));

/** Whether one may change or remove a member: nobody an owner but an owner, nobody themselves. */
export const mayManage = (own: Role, ownId: string, member: { user_id: string; role: Role }): boolean =>
  member.user_id !== ownId && (own === 'owner' || (own === 'admin' && member.role !== 'owner'));
