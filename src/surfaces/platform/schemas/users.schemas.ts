import { z } from 'zod';
import type { Described } from '../../../core/identity/profiles.service.js';
import { ROLES } from '../../../core/identity/principal.js';
import { envelope, NoMeta, succeed } from './envelope.js';

export const UserProfileView = envelope(
  z.object({
    user: z.object({
      id: z.string(),
      email: z.string(),
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
      role: z.enum(ROLES).meta({ description: 'In the organization.' }),
      organization: z.object({ id: z.string(), name: z.string() }),
      createdAt: z.iso.datetime(),
      lastLoginAt: z.iso.datetime().nullable(),
    }),
  }),
  NoMeta,
).meta({ id: 'UserProfile' });

export const toUserProfileView = ({ user, organization, role }: Described): z.infer<typeof UserProfileView> =>
  succeed(
    {
      user: {
        id: user.id,
        email: user.email,
        firstName: user.firstName,
        lastName: user.lastName,
        role,
        organization: { id: organization.id, name: organization.name },
        createdAt: user.createdAt.toISOString(),
        lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
      },
    },
    {},
  );
