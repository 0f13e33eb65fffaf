import { z } from 'zod';
import type { User } from '../../../core/identity/user.js';

export const UserView = z
  .object({
    id: z.string(),
    username: z.string(),
    email: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'User' });

export const toUserView = (user: User): z.infer<typeof UserView> => ({
  id: user.id,
  username: user.username,
  email: user.email,
  created_at: user.createdAt.toISOString(),
  updated_at: user.updatedAt.toISOString(),
});

/** What we tell of a user and nobody sets; a client may send back the whole of what it got. */
const told = z.unknown().optional().meta({ readOnly: true });

export const UpdateProfile = z
  .strictObject({
    username: z.string().optional().meta({ description: '1 to 64 characters, no control characters; trimmed.' }),
    id: told,
    email: told,
    created_at: told,
    updated_at: told,
  })
  .transform(({ username }) => ({ username }))
  .meta({ id: 'UpdateProfile' });
