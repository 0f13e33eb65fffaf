export interface Mail {
  /** One address. */
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** What the mail is about, apart, for a mailbox that shows it large. */
  code?: string;
  link?: string;
}

/** Hands mails to whoever delivers them. */
export abstract class Mailer {
  /** @throws when the mail was not accepted; nobody was written to then */
  abstract send(mail: Mail, options: { signal: AbortSignal }): Promise<void>;
  /** @throws when whoever delivers mails does not answer, or not to us */
  abstract check(): Promise<void>;
}
