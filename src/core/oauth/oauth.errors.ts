import { AppError } from '../../platform/errors/app-error.js';

/** The same for one that is over, another browser's, or never was. */
export const authorizationNotFound = () =>
  new AppError(
    'not_found',
    'AUTHORIZATION_NOT_FOUND',
    'This request is over, or began in another browser. Go back to the program that asks, and begin again there.',
  );

export const organizationIsNotYours = () =>
  new AppError('not_found', 'ORGANIZATION_NOT_FOUND', 'You belong to no such organization. Choose one of yours.');

export const nothingIsThere = () =>
  new AppError(
    'conflict',
    'RESOURCE_EMPTY',
    'In this organization there is nothing for you at the address asked for. Choose another one, or ask an administrator for access.',
  );

export const consentIsNotRemembered = () =>
  new AppError('conflict', 'CONSENT_NEEDED', 'You have not agreed to this before: look at what is asked, and decide.');
