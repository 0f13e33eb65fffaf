import { Module } from '@nestjs/common';
import { ApprovalsModule } from '../approvals/approvals.module.js';

/** Where people decide, whatever it is about. */
@Module({ imports: [ApprovalsModule] })
export class InboxModule {}
