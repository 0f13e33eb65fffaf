import { z } from 'zod';
import type { SignedInMember } from '../../../core/identity/password-sign-in.service.js';
import type { Described } from '../../../core/identity/profiles.service.js';
import { ROLES } from '../../../core/identity/principal.js';
import type { Tokens } from '../../../core/identity/sign-in.service.js';

const newPassword = z.string().meta({ description: '8 to 128 characters; not one that a leak made public.' });

/** The document names no fields: a username that is an address is one, too. */
const who = {
  email: z.string().optional().meta({ example: 'admin@example.com' }),
  username: z.string().optional(),
};
const addressIsMissing = { path: ['email'], message: 'Send the address: as email, or as username.' };

export const Setup = z
  .strictObject({
    ...who,
    password: newPassword,
    claim_code: z.string().optional().meta({
      description: 'As the instance printed it when it started; needed from another machine.',
    }),
  })
  .refine(({ email, username }) => (email ?? username) !== undefined, addressIsMissing)
  .transform(({ email, username, password, claim_code }) => ({
    email: email ?? username ?? '',
    username: email === undefined ? undefined : username,
    password,
    claimCode: claim_code,
  }))
  .meta({ id: 'Setup' });

export const Login = z
  .strictObject({ ...who, password: z.string() })
  .refine(({ email, username }) => (email === undefined) !== (username === undefined), addressIsMissing)
  .transform(({ email, username, password }) => ({ email: email ?? username ?? '', password }))
  .meta({ id: 'Login' });

export const TokenRefresh = z.strictObject({ refresh_token: z.string() }).meta({ id: 'TokenRefresh' });

export const PasswordChange = z
  .strictObject({ current_password: z.string(), new_password: newPassword })
  .transform((body) => ({ current: body.current_password, next: body.new_password }))
  .meta({ id: 'PasswordChange' });

export const TokensView = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z.int().meta({ description: 'Seconds that the access token counts.' }),
  })
  .meta({ id: 'Tokens' });

export const MeView = z
  .object({
    id: z.string(),
    email: z.string(),
    username: z.string(),
    role: z.enum(ROLES).meta({ description: 'In the organization.' }),
    organization: z.object({ id: z.string(), name: z.string() }),
    instance_administrator: z.boolean(),
    created_at: z.iso.datetime(),
    last_login_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Me' });

export const MessageView = z.object({ message: z.string() }).meta({ id: 'Message' });

export const toTokensView = (tokens: Tokens | SignedInMember): z.infer<typeof TokensView> => ({
  access_token: tokens.accessToken,
  refresh_token: tokens.refreshToken,
  token_type: 'bearer',
  expires_in: tokens.expiresInSeconds,
});

export const toMeView = ({ user, organization, role }: Described): z.infer<typeof MeView> => ({
  id: user.id,
  email: user.email,
  username: user.username,
  role,
  organization: { id: organization.id, name: organization.name },
  instance_administrator: user.instanceAdministrator,
  created_at: user.createdAt.toISOString(),
  last_login_at: user.lastLoginAt?.toISOString() ?? null,
});
