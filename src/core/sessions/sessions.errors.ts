import { AppError } from '../../platform/errors/app-error.js';

export const sessionNotFound = () => new AppError('not_found', 'SESSION_NOT_FOUND', 'There is no such session.');

export const sessionIsOnAnotherServer = () =>
  new AppError('not_found', 'SESSION_NOT_FOUND', 'There is no such session on this server.');

export const ticketIsNotValid = () =>
  new AppError('unauthenticated', 'TICKET_INVALID', 'The ticket was used or is older than 30 seconds. Get a new one.');
