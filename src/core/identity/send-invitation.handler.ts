import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Clock } from '../../platform/clock.js';
import { SecretBox } from '../../platform/crypto/secret-box.js';
import { JobHandler, type JobRun } from '../../platform/jobs/job.js';
import { invitationAddress } from './invitation.js';
import { invitationMail } from './invitation-mail.js';
import { InvitationsRepository } from './invitations.repository.js';
import { hashLinkToken } from './mail-link.js';
import { Mailer } from './mailer.port.js';
import { invitationPlace, sendInvitation } from './send-invitation.job.js';

type Payload = z.infer<typeof sendInvitation.payload>;

@Injectable()
export class SendInvitationHandler extends JobHandler<Payload> {
  readonly job = sendInvitation;

  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly mailer: Mailer,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ invitationId, origin, sealedToken }: Payload, { signal }: JobRun): Promise<void> {
    const token = this.secrets.open(sealedToken, invitationPlace(invitationId));
    // Answered, taken back, or mailed anew with another token meanwhile: this mail would only confuse.
    const invitation = await this.invitations.findByToken(hashLinkToken(token), this.clock.now());
    if (!invitation) return;
    const link = invitationAddress(origin, token);
    await this.mailer.send(invitationMail({ invitation, link, origin }), { signal });
  }
}
