import { z } from 'zod';
import type { SignedIn, Tokens } from '../../../core/identity/sign-in.service.js';
import { toUserView, UserView } from './user.schemas.js';

export const OtpRequest = z
  .strictObject({ email: z.string().meta({ example: 'ada@example.com' }) })
  .meta({ id: 'OtpRequest' });

const code = z.string().meta({ description: 'Six digits, as text.', example: '042317' });

/** The second draft of the document says `otp` for `code`: one of the two is sent. */
export const OtpVerify = z
  .strictObject({
    email: z.string().meta({ example: 'ada@example.com' }),
    code: code.optional(),
    otp: code.optional().meta({ description: 'Another name of code.' }),
    device_fingerprint: z.string().optional().meta({ description: 'Kept with the sign-in, shown to its owner.' }),
  })
  .refine((body) => (body.code === undefined) !== (body.otp === undefined), {
    path: ['code'],
    message: 'Send the code, once: as code or as otp.',
  })
  .transform(({ email, code, otp = '', device_fingerprint }) => ({
    email,
    code: code ?? otp,
    deviceFingerprint: device_fingerprint,
  }))
  .meta({ id: 'OtpVerify' });

export const MagicLinkVerify = z
  .strictObject({
    token: z.string().min(1).max(512).meta({ description: 'What stands behind `#` in the link that was mailed.' }),
    device_fingerprint: z.string().optional().meta({ description: 'Kept with the sign-in, shown to its owner.' }),
  })
  .meta({ id: 'MagicLinkVerify' });

export const TokenRefresh = z.strictObject({ refresh_token: z.string() }).meta({ id: 'TokenRefresh' });

export const OtpSentView = z
  .object({
    status: z.literal('sent'),
    cooldown_sec: z.int().min(0).meta({ description: 'Seconds until the next code may be asked for.' }),
  })
  .meta({ id: 'OtpSent' });

export const TokensView = z.object({ access_token: z.string(), refresh_token: z.string() }).meta({ id: 'Tokens' });

export const SignedInView = z
  .object({ access_token: z.string(), refresh_token: z.string(), is_new_user: z.boolean(), user: UserView })
  .meta({ id: 'SignedIn' });

export const SignedOutView = z.object({ status: z.literal('ok') }).meta({ id: 'SignedOut' });

export const toOtpSentView = (sent: { cooldownSeconds: number }): z.infer<typeof OtpSentView> => ({
  status: 'sent',
  cooldown_sec: sent.cooldownSeconds,
});

export const toTokensView = ({ accessToken, refreshToken }: Tokens): z.infer<typeof TokensView> => ({
  access_token: accessToken,
  refresh_token: refreshToken,
});

export const toSignedInView = (signedIn: SignedIn): z.infer<typeof SignedInView> => ({
  ...toTokensView(signedIn),
  is_new_user: signedIn.isNew,
  user: toUserView(signedIn.user),
});
