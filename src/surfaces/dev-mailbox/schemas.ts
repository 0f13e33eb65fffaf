import { z } from 'zod';
import type { KeptMail } from '../../core/identity/mailbox.port.js';

export const MailQuery = z.strictObject({ to: z.string().optional() });

export const toMailView = ({ to, subject, code, link, at }: KeptMail) => ({
  to,
  subject,
  code: code ?? null,
  link: link ?? null,
  at: at.toISOString(),
});
