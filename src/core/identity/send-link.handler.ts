import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { Activity } from '../activity/activity.service.js';
import { AccountsRepository } from './accounts.repository.js';
import { linkMail } from './link-mails.js';
import type { MailLinkEntity } from './mail-link.entity.js';
import { linkAddress } from './mail-link.js';
import { MailLinksRepository } from './mail-links.repository.js';
import { Mailer } from './mailer.port.js';
import { linkPlace, sendLink } from './send-link.job.js';
import type { UserEntity } from './user.entity.js';

type Payload = z.infer<typeof sendLink.payload>;

/** Only here it is found out whether the address has an account: who asked cannot see it, nor measure it. */
@Injectable()
export class SendLinkHandler extends JobHandler<Payload> {
  readonly job = sendLink;

  constructor(
    private readonly links: MailLinksRepository,
    private readonly accounts: AccountsRepository,
    private readonly activity: Activity,
    private readonly mailer: Mailer,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ linkId, origin, sealedToken }: Payload, { signal }: JobRun): Promise<void> {
    const row = await this.links.find(linkId);
    // A link that works no more would only confuse whoever reads the mail.
    if (!row || row.usedAt || row.expiresAt <= this.clock.now()) return;
    const { email, purpose, details } = row;
    const link = linkAddress(origin, purpose, this.secrets.open(sealedToken, linkPlace(linkId)));
    const user = await this.accounts.findByEmail(email);
    if (user && purpose === 'reset_password') await this.tellReset(row, user);
    const mail = linkMail({
      to: email,
      purpose,
      link,
      origin,
      hasAccount: user !== undefined,
      isRegistration: details !== null,
    });
    await this.mailer.send(mail, { signal });
  }

  /** Whoever asked was not shown to be the user. Once, also when the job runs twice. */
  private async tellReset({ id, createdAt }: MailLinkEntity, user: UserEntity): Promise<void> {
    const organizationId = await this.accounts.findHomeOf(user.id);
    if (!organizationId) return;
    await this.activity.record({
      id: id.replace(/^link_/, 'act_'),
      at: createdAt,
      organizationId,
      action: 'password.reset_requested',
      actor: null,
      subject: { kind: 'user', id: user.id, name: user.username },
      origin: {},
    });
  }
}
