import { INVITATION_DAYS, type Invitation } from './invitation.js';
import { composeMail } from './mail-page.js';
import type { Mail } from './mailer.port.js';

interface InvitationMailParts {
  invitation: Invitation;
  link: string;
  origin: string;
}

const MAX_NAME_LENGTH = 60;

/** The name was chosen by somebody: without what would make mail programs turn it into a link of theirs. */
const harmless = (name: string): string =>
  [...name.replace(/[.:/\\@]+/g, ' ').trim()].slice(0, MAX_NAME_LENGTH).join('');

export function invitationMail({ invitation, link, origin }: InvitationMailParts): Mail {
  const { email, role, organizationName, inviterEmail } = invitation;
  const who = inviterEmail === null ? 'You were invited' : `${inviterEmail} invites you`;
  return composeMail({
    to: email,
    subject: 'You are invited to an organization at Switchyard',
    before: [
      `${who} to the organization “${harmless(organizationName)}” at Switchyard (${origin}), as ${role}.`,
      `The link works for ${INVITATION_DAYS} days, for an account with this address: sign in with a code by mail, that makes one.`,
    ],
    button: { label: 'See the invitation', link },
    after: ['If you do not know what this is about, ignore this mail: nothing happens.'],
  });
}
