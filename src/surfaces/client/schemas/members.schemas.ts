import { z } from 'zod';
import type { Member } from '../../../core/identity/member.js';
import { ROLES } from '../../../core/identity/principal.js';
import type { Page } from '../../../platform/page.js';
import { toNext } from './page.schemas.js';

const role = z.enum(ROLES).meta({ description: 'At most your own.' });

export const MemberUpdate = z.strictObject({ role }).meta({ id: 'MemberUpdate' });

export const MemberView = z
  .object({
    user_id: z.string(),
    username: z.string(),
    email: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    role: z.enum(ROLES),
    created_at: z.iso.datetime().meta({ description: 'Since when they are a member.' }),
    last_login_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Member' });

export const MemberListView = z
  .object({ members: z.array(MemberView), next: z.string().optional() })
  .meta({ id: 'MemberList' });

export const MemberRemovedView = z.object({ status: z.literal('removed') }).meta({ id: 'MemberRemoved' });

export const toMemberView = (member: Member): z.infer<typeof MemberView> => ({
  user_id: member.userId,
  username: member.username,
  email: member.email,
  first_name: member.firstName,
  last_name: member.lastName,
  role: member.role,
  created_at: member.joinedAt.toISOString(),
  last_login_at: member.lastLoginAt?.toISOString() ?? null,
});

export const toMemberListView = (page: Page<Member>): z.infer<typeof MemberListView> => ({
  members: page.items.map(toMemberView),
  ...toNext(page),
});
