import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Mailbox } from '../../core/identity/mailbox.port.js';
import { Mailer } from '../../core/identity/mailer.port.js';
import { Clock } from '../../platform/clock.js';
import type { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { DevMailbox } from './dev-mailbox.js';
import { SmtpMailer } from './smtp-mailer.js';

@Global()
@Module({})
export class MailerModule {
  static with(config: Config): DynamicModule {
    const { smtpUrl, from } = config.mail;
    if (smtpUrl !== undefined) {
      const smtp = { provide: Mailer, useFactory: () => new SmtpMailer({ url: smtpUrl, from }) };
      return { module: MailerModule, providers: [smtp], exports: [Mailer] };
    }
    const mailbox = {
      provide: Mailbox,
      useFactory: (database: Database, clock: Clock) => new DevMailbox(database, clock),
      inject: [Database, Clock],
    };
    return {
      module: MailerModule,
      providers: [mailbox, { provide: Mailer, useExisting: Mailbox }],
      exports: [Mailer, Mailbox],
    };
  }
}
