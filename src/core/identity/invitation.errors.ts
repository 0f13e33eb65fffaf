import { AppError } from '../../platform/errors/app-error.js';
import { MAX_INVITATIONS, MAX_INVITATIONS_A_DAY } from './invitation.js';

export const invitationNotFound = () =>
  new AppError('not_found', 'INVITATION_NOT_FOUND', 'There is no such invitation, or it was answered already.');

export const invitationIsOver = () =>
  new AppError(
    'gone',
    'INVITATION_OVER',
    'This invitation was answered, taken back, or is too old. Ask whoever sent it for a new one.',
  );

/** Does not tell which: the link may have gone to others. */
export const invitationIsForAnother = () =>
  new AppError(
    'forbidden',
    'INVITATION_FOR_ANOTHER_ADDRESS',
    'Sign in with the e-mail address that the invitation was sent to: your account has another one.',
  );

export const isMemberAlready = () =>
  new AppError('conflict', 'ALREADY_MEMBER', 'Whoever has this address is a member of the organization already.');

export const invitationIsCoolingDown = (retryAfterSeconds: number) =>
  new AppError('rate_limited', 'INVITATION_COOLDOWN', 'An invitation was mailed to this address a moment ago.', {
    retryAfterSeconds,
  });

export const tooManyInvitations = () =>
  new AppError(
    'conflict',
    'TOO_MANY_INVITATIONS',
    `At most ${MAX_INVITATIONS} invitations are open at a time. Take some back first.`,
  );

export const tooManyInvitationsToday = (retryAfterSeconds: number) =>
  new AppError(
    'rate_limited',
    'TOO_MANY_INVITATIONS_TODAY',
    `At most ${MAX_INVITATIONS_A_DAY} people are invited in a day.`,
    { retryAfterSeconds },
  );
