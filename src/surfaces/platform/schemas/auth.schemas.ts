import { z } from 'zod';
import type { SignedInMember } from '../../../core/identity/password-sign-in.service.js';
import { ROLES } from '../../../core/identity/principal.js';
import type { Registered } from '../../../core/identity/registration.js';
import type { VerifiedEmail } from '../../../core/identity/registrations.service.js';
import type { Tokens } from '../../../core/identity/sign-in.service.js';
import { envelope, MessageMeta, NoMeta, succeed } from './envelope.js';

const email = z.string().meta({ example: 'user@example.com' });
const newPassword = z.string().meta({ description: '8 to 128 characters; not one that a leak made public.' });
const linkToken = z.string().meta({ description: 'What the link in the mail has behind its #.' });

export const Register = z
  .strictObject({
    email,
    password: newPassword,
    firstName: z.string(),
    lastName: z.string(),
    organizationName: z.string().optional().meta({ description: 'Of the organization that is made with the account.' }),
  })
  .meta({ id: 'Register' });

export const Login = z.strictObject({ email, password: z.string() }).meta({ id: 'Login' });

export const TokenRefresh = z.strictObject({ refreshToken: z.string() }).meta({ id: 'TokenRefresh' });

export const EmailOnly = z.strictObject({ email }).meta({ id: 'EmailOnly' });

export const EmailVerify = z.strictObject({ token: linkToken }).meta({ id: 'EmailVerify' });

export const PasswordReset = z.strictObject({ token: linkToken, newPassword }).meta({ id: 'PasswordReset' });

const person = {
  id: z.string(),
  email: z.string(),
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
};

export const RegisteredView = envelope(z.object({ user: z.object(person) }), MessageMeta).meta({ id: 'Registered' });

const ExpiryMeta = z.object({ tokenExpires: z.int().meta({ description: 'Seconds.' }) });
const tokens = { token: z.string(), refreshToken: z.string() };

export const SignedInView = envelope(
  z.object({
    ...tokens,
    user: z.object({ ...person, role: z.enum(ROLES).meta({ description: 'In the organization.' }) }),
  }),
  ExpiryMeta,
).meta({ id: 'SignedIn' });

export const TokensView = envelope(z.object(tokens), ExpiryMeta).meta({ id: 'Tokens' });

export const EmailVerifiedView = envelope(
  z.object({
    email: z.string(),
    hasPassword: z.boolean().meta({
      description: 'False where several registrations waited: their owner chooses a password by a link then.',
    }),
  }),
  NoMeta,
).meta({ id: 'EmailVerified' });

export const DoneView = envelope(z.object({}), MessageMeta).meta({ id: 'Done' });

export const toRegisteredView = ({
  id,
  email: address,
  firstName,
  lastName,
}: Registered): z.infer<typeof RegisteredView> =>
  succeed({ user: { id, email: address, firstName, lastName } }, { message: 'Verification email sent' });

export const toSignedInView = ({ user, role, ...signedIn }: SignedInMember): z.infer<typeof SignedInView> =>
  succeed(
    {
      token: signedIn.accessToken,
      refreshToken: signedIn.refreshToken,
      user: { id: user.id, email: user.email, firstName: user.firstName, lastName: user.lastName, role },
    },
    { tokenExpires: signedIn.expiresInSeconds },
  );

export const toTokensView = ({ accessToken, refreshToken, expiresInSeconds }: Tokens): z.infer<typeof TokensView> =>
  succeed({ token: accessToken, refreshToken }, { tokenExpires: expiresInSeconds });

export const toEmailVerifiedView = (verified: VerifiedEmail): z.infer<typeof EmailVerifiedView> =>
  succeed({ email: verified.email, hasPassword: verified.hasPassword }, {});

export const done = (message: string): z.infer<typeof DoneView> => succeed({}, { message });
