import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError } from '../../platform/errors/app-error.js';
import { bytesAreMissing, storageIsFull, storeUnavailable } from '../../core/artifacts/artifact-store.port.js';

/** What stores say when they are out of room: RFC 4918's 507, and MinIO's own words. */
const FULL = new Set(['InsufficientStorage', 'XMinioStorageFull', 'QuotaExceeded', 'XMinioAdminBucketQuotaExceeded']);

export const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound');

/** RFC 9110, 13.1.2: there is something under the key already. */
export const isTaken = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  (error.name === 'PreconditionFailed' || error.$metadata.httpStatusCode === 412);

export const keyIsTaken = () => new Error('The artifact key is taken.');

/** Stores that do not know conditional writes answer 501. */
export const isNotImplemented = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 501;

/** The SDK's error in the port's words; it stays as the cause, for the log. */
export function toStoreError(error: unknown): Error {
  if (error instanceof AppError) return error;
  if (isMissing(error)) return bytesAreMissing(error);
  const isFull = error instanceof S3ServiceException && (FULL.has(error.name) || statusOf(error) === 507);
  return isFull ? storageIsFull(error) : storeUnavailable(error);
}

const statusOf = (error: S3ServiceException): number => error.$metadata.httpStatusCode ?? 0;
