import { AppError } from '../../platform/errors/app-error.js';

export const sessionNotFound = () => new AppError('not_found', 'SESSION_NOT_FOUND', 'There is no such session.');

export const sessionIsOnAnotherServer = () =>
  new AppError('not_found', 'SESSION_NOT_FOUND', 'There is no such session on this server.');

export const ticketIsNotValid = () =>
  new AppError('unauthenticated', 'TICKET_INVALID', 'The ticket was used or is older than 30 seconds. Get a new one.');

export const eventNotFound = (firstSeq: number, lastSeq: number) =>
  new AppError(
    'not_found',
    'EVENT_NOT_FOUND',
    lastSeq < firstSeq
      ? 'There is no such event: nothing has happened in this session.'
      : `There is no such event in this session: its log has the numbers ${firstSeq} to ${lastSeq}.`,
  );

export const messageNotFound = (firstSeq: number) =>
  new AppError(
    'not_found',
    'MESSAGE_NOT_FOUND',
    `There is no such message in this session${firstSeq > 1 ? '; its log was trimmed, and older ones are gone' : ''}.`,
  );
