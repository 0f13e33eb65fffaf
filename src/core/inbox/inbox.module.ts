import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { PendingApprovals } from './pending-approvals.js';

/** Where people decide, whatever it is about. */
@Module({ imports: [ApprovalsModule], providers: [PendingApprovals] })
export class InboxModule {}
