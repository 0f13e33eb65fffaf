import { AppError } from '../../platform/errors/app-error.js';

export const artifactNotFound = () => new AppError('not_found', 'ARTIFACT_NOT_FOUND', 'There is no such file.');

export const artifactExpired = (removedAt: Date) =>
  new AppError(
    'gone',
    'ARTIFACT_EXPIRED',
    `This file was removed on ${removedAt.toISOString().slice(0, 10)}: files are kept for a limited time here.`,
  );

export const linkIsNotValid = () =>
  new AppError('forbidden', 'LINK_INVALID', 'The download link is wrong or older than five minutes. Get a new one.');
