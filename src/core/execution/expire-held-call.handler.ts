import { Injectable } from '@nestjs/common';
import type { ApprovalId } from '../../platform/ids.js';
import { JobHandler } from '../../platform/jobs/job.js';
import { expireHeldCall } from './expire-held-call.job.js';
import { HeldCalls } from './held-calls.service.js';

@Injectable()
export class ExpireHeldCallHandler extends JobHandler<{ approvalId: string }> {
  readonly job = expireHeldCall;

  constructor(private readonly held: HeldCalls) {
    super();
  }

  async run({ approvalId }: { approvalId: string }): Promise<void> {
    await this.held.expire(approvalId as ApprovalId);
  }
}
