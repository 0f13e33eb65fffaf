import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Database } from '../../platform/database/database.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { ORIGIN, type Origin } from '../../platform/tokens.js';
import { tellDisabled } from '../webhooks/tell-disabled.job.js';
import { composeMail } from './mail-page.js';
import { Mailer } from './mailer.port.js';

type Payload = z.infer<typeof tellDisabled.payload>;

/** Tells by mail whoever made a webhook, while they are a member, that it was switched off. */
@Injectable()
export class WebhookDisabledHandler extends JobHandler<Payload> {
  readonly job = tellDisabled;

  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
    @Inject(ORIGIN) private readonly origin: Origin,
  ) {
    super();
  }

  async run({ webhookId }: Payload, { signal }: JobRun): Promise<void> {
    const [found] = await this.database.sql<{ email: string; url: string; reason: string }>(
      `select users.email, webhooks.url, webhooks.disabled_reason as reason from webhooks
       join users on users.id = webhooks.created_by
       join memberships on memberships.user_id = users.id and memberships.organization_id = webhooks.organization_id
       where webhooks.id = $1 and not webhooks.enabled and webhooks.disabled_reason is not null`,
      [webhookId],
    );
    // Switched on again meanwhile, or nobody is left to tell.
    if (!found) return;
    const mail = composeMail({
      to: found.email,
      subject: 'A webhook at Switchyard was switched off',
      before: [
        `A webhook that you made, to ${new URL(found.url).host}, was switched off: ${found.reason}`,
        'What was on its way to it is in its log. When the endpoint is well, switch the webhook on and have it delivered again.',
      ],
      // A worker may not know where people reach the instance.
      ...(this.origin.url !== '' && { button: { label: 'See the webhooks', link: this.link() } }),
    });
    await this.mailer.send(mail, { signal });
  }

  private link(): string {
    return `${this.origin.url}/settings/webhooks`;
  }
}
