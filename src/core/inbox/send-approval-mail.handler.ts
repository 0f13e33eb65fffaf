import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import type { ApprovalId, UserId } from '../../platform/ids.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { ORIGIN, type Origin } from '../../platform/tokens.js';
import { Mailer } from '../identity/mailer.port.js';
import { approvalMail, type ToldRequest } from './approval-mail.js';
import { ApprovalMailsRepository } from './approval-mails.repository.js';
import { InboxRepository } from './inbox.repository.js';
import { sendApprovalMail, tokenPlace } from './send-approval-mail.job.js';

type Payload = z.infer<typeof sendApprovalMail.payload>;

@Injectable()
export class SendApprovalMailHandler extends JobHandler<Payload> {
  readonly job = sendApprovalMail;

  constructor(
    private readonly inbox: InboxRepository,
    private readonly mails: ApprovalMailsRepository,
    private readonly mailer: Mailer,
    private readonly secrets: SecretBox,
    @Inject(ORIGIN) private readonly own: Origin,
  ) {
    super();
  }

  async run({ userId, origin: told, links, more }: Payload, { signal }: JobRun): Promise<void> {
    const origin = told === '' ? this.own.url : told;
    const to = await this.mails.findAddress(userId as UserId);
    if (to === undefined) return;
    const requests: ToldRequest[] = [];
    for (const { approvalId, sealedToken } of links) {
      const request = await this.inbox.find(approvalId as ApprovalId);
      // What was decided meanwhile would only confuse.
      if (request?.status !== 'pending') continue;
      const token = this.secrets.open(sealedToken, tokenPlace(approvalId, userId));
      requests.push({ request, link: `${origin}/link/approval#${token}` });
    }
    if (requests.length === 0) return;
    await this.mailer.send(approvalMail({ to, origin, requests, more }), { signal });
  }
}
