import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { UserId } from '../../platform/ids.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { AccountsRepository } from './accounts.repository.js';
import { composeMail } from './mail-page.js';
import { Mailer } from './mailer.port.js';
import { passwordChanged } from './password-changed.job.js';

type Payload = z.infer<typeof passwordChanged.payload>;

@Injectable()
export class PasswordChangedHandler extends JobHandler<Payload> {
  readonly job = passwordChanged;

  constructor(
    private readonly accounts: AccountsRepository,
    private readonly mailer: Mailer,
  ) {
    super();
  }

  async run({ userId, origin, at }: Payload, { signal }: JobRun): Promise<void> {
    const user = await this.accounts.findVisible({ userId: userId as UserId });
    if (!user) return;
    const mail = composeMail({
      to: user.email,
      subject: 'Your password for Switchyard was changed',
      before: [
        `Your password was changed at ${inWords(at)}. Other sign-ins ended; API keys go on.`,
        'If that was you, there is nothing to do.',
      ],
      button: { label: 'Go to Switchyard', link: origin },
      after: [
        'If it was not you: ask there for a link to choose a new password, at once, and look at your credentials and keys.',
      ],
    });
    await this.mailer.send(mail, { signal });
  }
}

/** `2026-03-01 12:00 UTC` */
const inWords = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
