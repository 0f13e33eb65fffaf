import { z } from 'zod';
import type { Described } from '../../../core/identity/profiles.service.js';

const EMAIL_MAX = 320;
const TOKEN_MAX = 512;

export const MagicLinkRequest = z
  .strictObject({ email: z.string().max(EMAIL_MAX) })
  .meta({ id: 'MagicLinkRequest', example: { email: 'ada@example.com' } });

export const MagicLinkVerify = z
  .strictObject({ token: z.string().min(1).max(TOKEN_MAX) })
  .meta({ id: 'MagicLinkVerify', description: 'What stands behind `#` in the link that was mailed.' });

export const OkView = z.object({ ok: z.literal(true) }).meta({ id: 'Ok' });

export const MeView = z
  .object({
    user: z.object({
      id: z.string(),
      email: z.string(),
      username: z.string(),
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
    }),
    org: z.object({
      id: z.string(),
      name: z.string(),
      role: z.enum(['owner', 'admin', 'developer', 'viewer']),
    }),
  })
  .meta({ id: 'Me' });

export const toMeView = ({ user, organization, role }: Described): z.infer<typeof MeView> => ({
  user: {
    id: user.id,
    email: user.email,
    username: user.username,
    firstName: user.firstName,
    lastName: user.lastName,
  },
  org: { id: organization.id, name: organization.name, role },
});
