import type { Config } from '../../platform/config/config.js';
import { Mailer } from './mailer.port.js';

export interface KeptMail {
  to: string;
  subject: string;
  text: string;
  code?: string;
  link?: string;
  at: Date;
}

/** A mailer that delivers nothing and keeps the last mails for their reader: for development. */
export abstract class Mailbox extends Mailer {
  /** Newest first, at most 200; only those to `to` when it is given (any spelling of the address). */
  abstract list(filter: { to?: string }): Promise<KeptMail[]>;
}

/** Whether this instance has such a mailbox: not in production, and only where no transport is set. */
export const keepsMails = ({ production, mail }: Config): boolean => !production && mail.smtpUrl === undefined;
