import { Clock } from '../../platform/clock.js';
import type { Database } from '../../platform/database/database.js';
import { type KeptMail, Mailbox } from '../../core/identity/mailbox.port.js';
import type { Mail } from '../../core/identity/mailer.port.js';

const KEPT = 200;

interface Row {
  to: string;
  subject: string;
  text: string;
  code: string | null;
  link: string | null;
  at: Date;
}

/** Keeps the last mails in a table, where every process of the instance finds them. */
export class DevMailbox extends Mailbox {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send({ to, subject, text, code, link }: Mail): Promise<void> {
    await this.database.sql(
      `insert into dev_mails (recipient, subject, body, code, link, kept_at) values ($1, $2, $3, $4, $5, $6)`,
      [to, subject, text, code ?? null, link ?? null, this.clock.now()],
    );
    await this.database.sql(
      `delete from dev_mails where id <= (select id from dev_mails order by id desc offset $1 limit 1)`,
      [KEPT],
    );
  }

  /** It is a table: whether the database answers is asked elsewhere. */
  async check(): Promise<void> {}

  async list({ to }: { to?: string }): Promise<KeptMail[]> {
    const rows = await this.database.sql<Row>(
      `select recipient as "to", subject, body as text, code, link, kept_at as at from dev_mails
       where $1::text is null or recipient = $1 order by id desc limit $2`,
      [to ?? null, KEPT],
    );
    return rows.map(({ code, link, ...mail }) => ({ ...mail, ...(code && { code }), ...(link && { link }) }));
  }
}
