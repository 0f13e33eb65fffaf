import { z } from 'zod';
import { canonicalEmail } from '../../core/identity/email-address.js';
import type { KeptMail } from '../../core/identity/mailbox.port.js';

/** Mails are kept under the canonical address; any spelling of it finds them. */
export const MailQuery = z.strictObject({
  to: z
    .string()
    .transform((text) => canonicalEmail(text) ?? text)
    .optional(),
});

export const toMailView = ({ to, subject, code, link, at }: KeptMail) => ({
  to,
  subject,
  code: code ?? null,
  link: link ?? null,
  at: at.toISOString(),
});
