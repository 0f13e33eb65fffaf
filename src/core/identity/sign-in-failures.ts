import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { ambientFields } from '../../platform/logging/logger.js';
import type { EmailAddress } from './email-address.js';
import { recordFailure } from './record-failure.job.js';
import type { SignInWay } from './sign-in-client.js';

/** Sign-ins that did not succeed, for the activity of whoever owns the address. */
@Injectable()
export class SignInFailures {
  constructor(
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** The same work for every address. Only for what was compared: so it is bounded as the guesses are. */
  async report(email: EmailAddress, way: SignInWay, action: 'sign_in.failed' | 'code.locked' = 'sign_in.failed') {
    const { caller, requestId } = ambientFields();
    const at = this.clock.now();
    await this.jobs.enqueue(recordFailure, {
      activityId: newId('act', at.getTime()),
      at: at.toISOString(),
      action,
      email,
      way,
      ip: caller?.ip,
      userAgent: caller?.userAgent?.slice(0, 512),
      requestId,
    });
  }
}
