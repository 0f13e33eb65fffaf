import { Controller, Get, Header, Query, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { z } from 'zod';
import { Mailbox } from '../../core/identity/mailbox.port.js';
import { Public } from '../pipeline/auth.guard.js';
import { LoopbackGuard } from './loopback.guard.js';
import { MAILBOX_PAGE } from './page.js';
import { MAILBOX_SCRIPT } from './page-script.js';
import { MAILBOX_STYLES } from './page-styles.js';
import { MailQuery, toMailView } from './schemas.js';

@ApiExcludeController()
@Public('mails of a development instance, to the machine it runs on')
@UseGuards(LoopbackGuard)
@Controller('dev/mailbox')
export class DevMailboxController {
  constructor(private readonly mailbox: Mailbox) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page() {
    return MAILBOX_PAGE;
  }

  @Get('mailbox.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script() {
    return MAILBOX_SCRIPT;
  }

  @Get('mailbox.css')
  @Header('content-type', 'text/css; charset=utf-8')
  styles() {
    return MAILBOX_STYLES;
  }

  @Get('messages')
  async messages(@Query({ schema: MailQuery }) query: z.infer<typeof MailQuery>) {
    const mails = await this.mailbox.list(query.to === undefined ? {} : { to: query.to });
    return mails.map(toMailView);
  }
}
