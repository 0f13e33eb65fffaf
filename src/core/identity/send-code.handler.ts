import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { Mailer } from './mailer.port.js';
import { OneTimeCodesRepository } from './one-time-codes.repository.js';
import { codePlace, sendCode } from './send-code.job.js';
import { signInMail } from './sign-in-mail.js';

type Payload = z.infer<typeof sendCode.payload>;

@Injectable()
export class SendCodeHandler extends JobHandler<Payload> {
  readonly job = sendCode;

  constructor(
    private readonly codes: OneTimeCodesRepository,
    private readonly mailer: Mailer,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ codeId, sealedCode }: Payload, { signal }: JobRun): Promise<void> {
    const row = await this.codes.find(codeId);
    // A code that works no more would only confuse whoever reads the mail.
    if (!row || row.usedAt || row.expiresAt <= this.clock.now()) return;
    const code = this.secrets.open(sealedCode, codePlace(codeId));
    await this.mailer.send(signInMail({ to: row.email, code, sentAt: row.createdAt, expiresAt: row.expiresAt }), {
      signal,
    });
  }
}
