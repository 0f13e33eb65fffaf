import { z } from 'zod';
import { type Action, ACTIONS, may } from '../../../core/identity/permissions.js';
import { type Principal, ROLES } from '../../../core/identity/principal.js';
import type { OwnAccount } from '../../../core/identity/profiles.service.js';
import type { ProfileChanges, User } from '../../../core/identity/user.js';

const ACTION_NAMES = Object.keys(ACTIONS) as [Action, ...Action[]];

export const UserView = z
  .object({
    id: z.string(),
    username: z.string(),
    email: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'User' });

/** Profiles are asked for all the time, and are the same object for a moment. */
const views = new WeakMap<User, z.infer<typeof UserView>>();

export function toUserView(user: User): z.infer<typeof UserView> {
  const known = views.get(user);
  if (known) return known;
  const view = describe(user);
  views.set(user, view);
  return view;
}

const describe = (user: User): z.infer<typeof UserView> => ({
  id: user.id,
  username: user.username,
  email: user.email,
  created_at: user.createdAt.toISOString(),
  updated_at: user.updatedAt.toISOString(),
});

/** What we tell of a user and nobody sets; a client may send back the whole of what it got. */
const told = z.unknown().optional().meta({ readOnly: true });

const givenName = z
  .string()
  .nullable()
  .optional()
  .transform((name) => (name === '' ? null : name))
  .meta({ description: '1 to 64 characters, no control characters; trimmed. null or empty takes it away.' });

export const UpdateProfile = z
  .strictObject({
    username: z.string().optional().meta({ description: '1 to 64 characters, no control characters; trimmed.' }),
    first_name: givenName,
    last_name: givenName,
    id: told,
    email: told,
    created_at: told,
    updated_at: told,
  })
  .transform((body): ProfileChanges => ({
    ...(body.username !== undefined && { username: body.username }),
    ...(body.first_name !== undefined && { firstName: body.first_name }),
    ...(body.last_name !== undefined && { lastName: body.last_name }),
  }))
  .meta({ id: 'UpdateProfile' });

export const AccountView = z
  .object({
    user: UserView,
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    has_password: z.boolean(),
    instance_administrator: z.boolean(),
    organization: z.object({ id: z.string(), name: z.string() }),
    role: z.enum(ROLES),
    may: z.array(z.enum(ACTION_NAMES)).meta({ description: 'What this credential may do here and now.' }),
  })
  .meta({ id: 'Account' });

export const toAccountView = (principal: Principal, account: OwnAccount): z.infer<typeof AccountView> => ({
  user: toUserView(account.user),
  first_name: account.user.firstName,
  last_name: account.user.lastName,
  has_password: account.hasPassword,
  instance_administrator: principal.instanceAdministrator,
  organization: { id: account.organization.id, name: account.organization.name },
  role: account.role,
  may: ACTION_NAMES.filter((action) => may(principal, action)),
});
