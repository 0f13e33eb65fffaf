import { z } from 'zod';
import type { LinkPurpose } from '../../../core/identity/mail-link.js';
import { LINK_PURPOSES } from '../../../core/identity/mail-link.js';
import type { VerifiedEmail } from '../../../core/identity/registrations.service.js';

const email = z.string().meta({ example: 'ada@example.com' });
const newPassword = z.string().meta({ description: '8 to 128 characters; not one that a leak made public.' });
const token = z.string().meta({ description: 'What a link in a mail has behind its #.' });

export const PasswordLogin = z
  .strictObject({
    email,
    password: z.string(),
    device_fingerprint: z.string().optional().meta({ description: 'Kept with the sign-in, shown to its owner.' }),
  })
  .transform(({ email: address, password, device_fingerprint }) => ({
    email: address,
    password,
    deviceFingerprint: device_fingerprint,
  }))
  .meta({ id: 'PasswordLogin' });

export const PasswordForgot = z.strictObject({ email }).meta({ id: 'PasswordForgot' });

export const PasswordReset = z.strictObject({ token, new_password: newPassword }).meta({ id: 'PasswordReset' });

export const LinkToken = z.strictObject({ token }).meta({ id: 'LinkToken' });

/** The second draft of the document says it in camelCase: each is sent once. */
export const PasswordChange = z
  .strictObject({
    current_password: z.string().optional(),
    new_password: newPassword.optional(),
    currentPassword: z.string().optional().meta({ description: 'Another name of current_password.' }),
    newPassword: z.string().optional().meta({ description: 'Another name of new_password.' }),
  })
  .refine((body) => (body.current_password === undefined) !== (body.currentPassword === undefined), {
    path: ['current_password'],
    message: 'Send the current password, once: as current_password or as currentPassword.',
  })
  .refine((body) => (body.new_password === undefined) !== (body.newPassword === undefined), {
    path: ['new_password'],
    message: 'Send the new password, once: as new_password or as newPassword.',
  })
  .transform((body) => ({
    current: body.current_password ?? body.currentPassword ?? '',
    next: body.new_password ?? body.newPassword ?? '',
  }))
  .meta({ id: 'PasswordChange' });

export const MailSentView = z.object({ status: z.literal('sent') }).meta({ id: 'MailSent' });

export const PasswordResetView = z.object({ status: z.literal('changed') }).meta({ id: 'PasswordResetDone' });

export const PasswordChangedView = z
  .object({ success: z.literal(true), message: z.string() })
  .meta({ id: 'PasswordChanged' });

export const EmailVerifiedView = z
  .object({
    status: z.literal('verified'),
    email: z.string(),
    has_password: z.boolean().meta({
      description: 'False where several registrations waited: their owner chooses a password by a link then.',
    }),
  })
  .meta({ id: 'EmailVerified' });

export const LinkView = z.object({ purpose: z.enum(LINK_PURPOSES), email: z.string() }).meta({ id: 'MailLink' });

export const toEmailVerifiedView = (verified: VerifiedEmail): z.infer<typeof EmailVerifiedView> => ({
  status: 'verified',
  email: verified.email,
  has_password: verified.hasPassword,
});

export const toLinkView = (link: { purpose: LinkPurpose; email: string }): z.infer<typeof LinkView> => ({
  purpose: link.purpose,
  email: link.email,
});
