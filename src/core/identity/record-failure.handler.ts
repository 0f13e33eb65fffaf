import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { JobHandler } from '../../platform/jobs/job.js';
import { Activity } from '../activity/activity.service.js';
import { AccountsRepository } from './accounts.repository.js';
import type { EmailAddress } from './email-address.js';
import { recordFailure } from './record-failure.job.js';

type Payload = z.infer<typeof recordFailure.payload>;

/** Tells a failure to the organization of the account; an address without one is nobody's business. */
@Injectable()
export class RecordFailureHandler extends JobHandler<Payload> {
  readonly job = recordFailure;

  constructor(
    private readonly accounts: AccountsRepository,
    private readonly activity: Activity,
  ) {
    super();
  }

  async run({ activityId, at, action, email, way, ip, userAgent, requestId }: Payload): Promise<void> {
    const user = await this.accounts.findByEmail(email as EmailAddress);
    const organizationId = user && (await this.accounts.findHomeOf(user.id));
    if (!organizationId) return;
    await this.activity.record({
      id: activityId,
      at: new Date(at),
      organizationId,
      action,
      outcome: 'failed',
      // Whoever tried was not shown to be this user.
      actor: null,
      subject: { kind: 'user', id: user.id, name: user.username },
      details: { way },
      origin: { ip, userAgent, requestId },
    });
  }
}
