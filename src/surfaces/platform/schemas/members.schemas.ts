import { z } from 'zod';
import type { Member, MemberPage } from '../../../core/identity/member.js';
import { ROLES } from '../../../core/identity/principal.js';
import type { PageRequest } from '../../../platform/page.js';
import { envelope, MessageMeta, NoMeta, succeed } from './envelope.js';
import { paginate, PaginationMeta } from './pagination.js';

export const MemberUpdate = z
  .strictObject({ role: z.enum(ROLES).meta({ description: 'At most your own.' }) })
  .meta({ id: 'OrganizationUserUpdate' });

const member = z
  .object({
    id: z.string(),
    email: z.string(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    role: z.enum(ROLES),
    createdAt: z.iso.datetime(),
    lastLoginAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'OrganizationUser' });

export const MemberListView = envelope(z.object({ users: z.array(member) }), PaginationMeta).meta({
  id: 'OrganizationUserList',
});

export const MemberView = envelope(z.object({ user: member }), NoMeta).meta({ id: 'OneOrganizationUser' });

export const MemberRemovedView = envelope(z.object({}), MessageMeta).meta({ id: 'OrganizationUserRemoved' });

export const MEMBER_REMOVED: z.infer<typeof MemberRemovedView> = succeed({}, { message: 'User removed' });

const toView = (found: Member): z.infer<typeof member> => ({
  id: found.userId,
  email: found.email,
  firstName: found.firstName,
  lastName: found.lastName,
  role: found.role,
  createdAt: found.createdAt.toISOString(),
  lastLoginAt: found.lastLoginAt?.toISOString() ?? null,
});

export const toMemberView = (found: Member): z.infer<typeof MemberView> => succeed({ user: toView(found) }, {});

export const toMemberListView = (page: PageRequest, found: MemberPage): z.infer<typeof MemberListView> =>
  succeed({ users: found.items.map(toView) }, paginate(page, found.total));
