import { Module } from '@nestjs/common';
import { DevMailboxController } from './dev-mailbox.controller.js';

/** Only where `keepsMails(config)`. */
@Module({ controllers: [DevMailboxController] })
export class DevMailboxModule {}
