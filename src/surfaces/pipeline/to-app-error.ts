import { HttpException } from '@nestjs/common';
import { AppError, toAppError } from '../../platform/errors/app-error.js';

/** Whatever Nest, Fastify or our own code threw, as the one error that surfaces write. */
export function readThrown(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const source = thrown instanceof HttpException && isFastifyError(thrown.cause) ? thrown.cause : thrown;
  if (isFastifyError(source)) return byFastifyCode(source);
  if (thrown instanceof HttpException) return byStatus(thrown.getStatus(), thrown);
  return toAppError(thrown);
}

interface FastifyError extends Error {
  code: string;
  statusCode?: number;
}

const isFastifyError = (thrown: unknown): thrown is FastifyError =>
  thrown instanceof Error && String((thrown as Partial<FastifyError>).code).startsWith('FST_');

function byFastifyCode(error: FastifyError): AppError {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return unsupportedMediaType();
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return bodyIsTooLarge();
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError('invalid', 'BODY_INCOMPLETE', 'The body is not as long as Content-Length says.');
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return routeNotFound();
    case 'FST_ERR_BAD_URL':
      return badUrl();
    default:
      return byStatus(error.statusCode ?? 500, error);
  }
}

function byStatus(status: number, cause: Error): AppError {
  if (status === 404) return routeNotFound();
  if (status === 401) return new AppError('unauthenticated', 'UNAUTHENTICATED', 'Sign in first.', { cause });
  if (status === 403) return new AppError('forbidden', 'FORBIDDEN', 'This is not allowed.', { cause });
  if (status === 413) return bodyIsTooLarge();
  if (status === 415) return unsupportedMediaType();
  if (status === 503)
    return new AppError('unavailable', 'UNAVAILABLE', 'Not available just now. Try again.', { cause });
  if (status >= 400 && status < 500)
    return new AppError('invalid', 'BAD_REQUEST', 'The request is not valid.', { cause });
  return toAppError(cause);
}

export const badUrl = () => new AppError('invalid', 'BAD_URL', 'The address is not a valid URL.');

const routeNotFound = () => new AppError('not_found', 'ROUTE_NOT_FOUND', 'There is nothing at this address.');

export const bodyIsTooLarge = (most = '1 MiB at most, for a file of servers 5 MiB') =>
  new AppError('too_large', 'BODY_TOO_LARGE', `The body is too large: ${most}.`);

const unsupportedMediaType = () =>
  new AppError('unsupported', 'UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json.');
