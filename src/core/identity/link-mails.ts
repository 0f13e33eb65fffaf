import { composeMail } from './mail-page.js';
import type { LinkPurpose } from './mail-link.js';
import type { Mail } from './mailer.port.js';

interface LinkMailParts {
  to: string;
  purpose: LinkPurpose;
  link: string;
  origin: string;
  /** Whether the address has an account now. */
  hasAccount: boolean;
  /** Whether the link holds a registration. */
  isRegistration: boolean;
}

/** The mail that fits what is true at the time of sending; nothing in it was chosen by whoever asked for it. */
export function linkMail(parts: LinkMailParts): Mail {
  switch (parts.purpose) {
    case 'magic_link':
      return magicLinkMail(parts);
    case 'verify_email':
      if (parts.hasAccount) return accountExistsMail(parts);
      return parts.isRegistration ? verifyEmailMail(parts) : noRegistrationMail(parts);
    case 'reset_password':
      return parts.hasAccount ? resetPasswordMail(parts) : noAccountMail(parts);
    default:
      return parts.purpose satisfies never;
  }
}

const magicLinkMail = ({ to, link }: LinkMailParts): Mail =>
  composeMail({
    to,
    subject: 'Your sign-in link for Switchyard',
    before: ['Sign in to Switchyard with this link. It works once, for 15 minutes.'],
    button: { label: 'Sign in', link },
    after: ['If you did not ask for it, ignore this mail: nobody gets in without the link.'],
  });

const verifyEmailMail = ({ to, link }: LinkMailParts): Mail =>
  composeMail({
    to,
    subject: 'Confirm your address for Switchyard',
    before: [
      'Somebody registered at Switchyard with this address and chose a password.',
      'If that was you, confirm it. The link works once, for 24 hours.',
    ],
    button: { label: 'Confirm the address', link },
    after: [
      'If it was not you, do not confirm: whoever chose the password could sign in with it. Without your click there is no account.',
    ],
  });

const accountExistsMail = ({ to, origin }: LinkMailParts): Mail =>
  composeMail({
    to,
    subject: 'You already have an account at Switchyard',
    before: [
      'Somebody tried to register at Switchyard with this address. It has an account already, and nothing was changed.',
      'If that was you: sign in, with a code by mail if you do not know your password any more.',
    ],
    button: { label: 'Go to Switchyard', link: origin },
    after: ['If it was not you, there is nothing to do.'],
  });

const noRegistrationMail = ({ to, origin }: LinkMailParts): Mail =>
  composeMail({
    to,
    subject: 'There is no registration at Switchyard',
    before: [
      'Somebody asked Switchyard to send the mail of a registration again, but none waits for this address. It may have been too long ago.',
      'You can register once more, or sign in with a code by mail: that makes an account, too.',
    ],
    button: { label: 'Go to Switchyard', link: origin },
    after: ['If it was not you, there is nothing to do.'],
  });

const resetPasswordMail = ({ to, link }: LinkMailParts): Mail =>
  composeMail({
    to,
    subject: 'Choose a new password for Switchyard',
    before: ['Choose a new password with this link. It works once, for 30 minutes, and ends all your sign-ins.'],
    button: { label: 'Choose a password', link },
    after: ['If you did not ask for it, ignore this mail: your password stays as it is.'],
  });

const noAccountMail = ({ to, origin }: LinkMailParts): Mail =>
  composeMail({
    to,
    subject: 'There is no account at Switchyard for this address',
    before: [
      'Somebody asked Switchyard for a new password for this address, but there is no account with it.',
      'If that was you, you may have registered with another address.',
    ],
    button: { label: 'Go to Switchyard', link: origin },
    after: ['If it was not you, there is nothing to do.'],
  });
