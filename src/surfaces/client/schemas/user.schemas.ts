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

export const UpdateProfile = z
  .strictObject({
    username: z.string().optional().meta({ description: '1 to 64 characters, no control characters; trimmed.' }),
  })
  .meta({ id: 'UpdateProfile' });
