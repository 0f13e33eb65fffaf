import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { Database } from '../../platform/database/database.js';
import type { UserId } from '../../platform/ids.js';
import { JobHandler } from '../../platform/jobs/job.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { ApprovalLinks } from './approval-links.service.js';
import { MOST_IN_A_MAIL } from './approval-mail-wish.js';
import { ApprovalMailsRepository } from './approval-mails.repository.js';
import { gatherMail } from './gather-mail.job.js';
import { sendApprovalMail, tokenPlace } from './send-approval-mail.job.js';

type Payload = z.infer<typeof gatherMail.payload>;

/** Makes the links of one mail. Sending is a job of its own: tried again, it sends the same links. */
@Injectable()
export class GatherMailHandler extends JobHandler<Payload> {
  readonly job = gatherMail;

  constructor(
    private readonly database: Database,
    private readonly mails: ApprovalMailsRepository,
    private readonly links: ApprovalLinks,
    private readonly secrets: SecretBox,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ userId, origin }: Payload): Promise<void> {
    await this.database.transaction(async () => {
      const due = await this.mails.lockDue(userId as UserId);
      if (due.length === 0) return;
      const told = due.slice(0, MOST_IN_A_MAIL);
      const tokens = await this.links.make(userId as UserId, told);
      await this.mails.markMailed(userId as UserId, this.clock.now());
      const links = told.map(({ id }, place) => ({
        approvalId: id,
        sealedToken: this.secrets.seal(tokens[place] ?? '', tokenPlace(id, userId)),
      }));
      await this.jobs.enqueue(sendApprovalMail, { userId, origin, links, more: due.length - told.length });
    });
  }
}
