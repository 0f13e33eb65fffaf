import { AppError } from '../../platform/errors/app-error.js';
import type { ConnectionCheck } from '../registry/observation.js';
import type { ConfigProblem } from './config.js';
import type { ServerJsonProblem } from './server-json.js';

export const serviceNotFound = () => new AppError('not_found', 'SERVICE_NOT_FOUND', 'There is no such service.');

export const serviceUnconfigured = () =>
  new AppError('invalid', 'SERVICE_UNCONFIGURED', 'Your organization has not configured this service yet.');

export const serviceUnavailable = (why: string) =>
  new AppError('conflict', 'SERVICE_UNAVAILABLE', `This service cannot be configured: ${why}`);

export const serviceNameTaken = () =>
  new AppError('conflict', 'SERVICE_NAME_TAKEN', 'The catalogue has an entry of this name already.', {
    issues: [{ path: '/name', code: 'taken', message: 'is taken' }],
  });

export const configIsInvalid = (problems: readonly ConfigProblem[]) =>
  new AppError(
    'invalid',
    'VALIDATION_ERROR',
    `The configuration is not valid: ${problems
      .slice(0, 3)
      .map(({ key, message }) => `${key} ${message}`)
      .join('; ')}.`,
    {
      issues: problems.slice(0, 50).map(({ key, message }) => ({
        path: `/config/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        code: 'invalid_config',
        message,
      })),
    },
  );

/** The configuration was kept: it can be corrected, or tested again. */
export const configurationRefused = (why: string, saved: { serverId: string; checks: readonly ConnectionCheck[] }) =>
  new AppError('invalid', 'SERVICE_UNCONFIGURED', `The configuration was saved, but the service refused it: ${why}`, {
    details: { saved: true, ...saved },
  });

export const serviceFailed = (why: string, saved: { serverId: string; checks: readonly ConnectionCheck[] }) =>
  new AppError(
    'upstream_failed',
    'SERVICE_FAILED',
    `The configuration was saved, but the service does not answer: ${why}`,
    {
      details: { saved: true, ...saved },
    },
  );

export const serverJsonIsInvalid = (problems: readonly ServerJsonProblem[], at = '/server_json') =>
  new AppError(
    'invalid',
    'SERVER_JSON_INVALID',
    `This is no server.json that can be used: ${problems
      .slice(0, 3)
      .map(({ path, message }) => `${path || 'it'} ${message}`)
      .join('; ')}.`,
    { issues: problems.map(({ path, message }) => ({ path: at + path, code: 'invalid_server_json', message })) },
  );

export const serverOfOtherService = () =>
  new AppError('conflict', 'SERVER_OF_OTHER_SERVICE', 'This server was not made of this service.');

export const importFailed = (why: string) =>
  new AppError('invalid', 'IMPORT_FAILED', `Nothing could be imported: ${why}`, {
    issues: [{ path: '/url', code: 'import_failed', message: why }],
  });
