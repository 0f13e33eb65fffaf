import type { EgressRefused } from '@app/egress';
import { AppError } from '../../platform/errors/app-error.js';
import type { ServerId } from '../../platform/ids.js';
import type { AccessLevel } from './access.js';
import type { ConnectionCheck } from './observation.js';
import type { ToolState } from './tool-state.js';

export const serverNotFound = () =>
  new AppError(
    'not_found',
    'SERVER_NOT_FOUND',
    'There is no such server, or you may not see it. Ask who manages it for access.',
  );

/** Only for whoever sees it: to others it does not exist. */
export const serverAccessTooLow = (needed: AccessLevel) =>
  new AppError('forbidden', 'SERVER_ACCESS_TOO_LOW', `You may not ${needed} this server. Who manages it can let you.`, {
    details: { neededLevel: needed },
  });

export const granteesRepeat = () => grantsAreInvalid('names a user twice');

/** The same whoever it is: a stranger, or nobody. */
export const granteesAreNoMembers = () => grantsAreInvalid('names somebody who is no member of your organization');

const grantsAreInvalid = (message: string) =>
  new AppError('invalid', 'VALIDATION_ERROR', `/grants ${message}.`, {
    issues: [{ path: '/grants', code: 'invalid_grant', message }],
  });

export const serverNameTaken = () =>
  new AppError(
    'conflict',
    'SERVER_NAME_TAKEN',
    'Another server of your organization has this name. Choose another one.',
    {
      issues: [{ path: '/name', code: 'taken', message: 'is taken' }],
    },
  );

export const credentialsRequired = (path: string, what: string) =>
  new AppError('invalid', 'CREDENTIALS_REQUIRED', `This way to sign in needs ${what}.`, {
    issues: [{ path, code: 'required', message: `needs ${what}` }],
  });

export const credentialsAreOfAnotherOrigin = () =>
  new AppError(
    'invalid',
    'CREDENTIALS_REQUIRED',
    'The stored credential was entered for another origin, and is not sent elsewhere. Enter one with the new URL.',
    {
      issues: [{ path: '/credentials', code: 'required', message: 'enter it again: the URL leads to another origin' }],
    },
  );

export const credentialsUnreadable = () =>
  new AppError(
    'conflict',
    'CREDENTIALS_UNREADABLE',
    'The stored credential cannot be opened with the key of this instance. Enter it again.',
  );

export const egressRefused = ({ code, message, fix }: EgressRefused) =>
  new AppError('invalid', 'EGRESS_REFUSED', `${message} ${fix}`, {
    details: { reason: code, fix },
    issues: [{ path: '/url', code: code.toLowerCase(), message }],
  });

export const demoServerUrlIsFixed = () =>
  new AppError('invalid', 'DEMO_SERVER_URL_FIXED', 'The URL of the demo server is set by this instance.', {
    issues: [{ path: '/url', code: 'fixed', message: 'cannot be changed' }],
  });

export const demoServerIsAway = () =>
  new AppError('unavailable', 'DEMO_SERVER_AWAY', 'The demo server of this instance does not answer. Try again.', {
    retryAfterSeconds: 5,
  });

export const packagesAreOff = () =>
  new AppError('conflict', 'PACKAGES_DISABLED', 'This instance runs no packages. See the setting PACKAGES_ENABLED.');

export const packageNotFound = () => new AppError('not_found', 'PACKAGE_NOT_FOUND', 'There is no such listed package.');

/** @param why of npm's words, without paths of ours */
export const packageNotInstalled = (why: string) =>
  new AppError('conflict', 'PACKAGE_NOT_INSTALLED', `The package could not be installed: ${why}`);

export const packageIsConfigured = () =>
  new AppError('invalid', 'SERVER_IS_PACKAGE', 'What this server runs is set by configuring its service.', {
    issues: [{ path: '/url', code: 'fixed', message: 'cannot be changed: the server is a package' }],
  });

export const serverIsNoPackage = () =>
  new AppError('invalid', 'VALIDATION_ERROR', 'A server that runs a package is set up from the catalogue.', {
    issues: [{ path: '/url', code: 'package', message: 'must begin with http:// or https://' }],
  });

export const connectionFailed = (why: string, checks: readonly ConnectionCheck[]) =>
  new AppError('invalid', 'CONNECTION_FAILED', `Connection failed: ${why}`, { details: { checks } });

export const serverUnreachable = (why: string) =>
  new AppError('upstream_failed', 'SERVER_UNREACHABLE', `The server could not be asked for its tools: ${why}`);

/** @param version the one that it has now */
export const serverHasChanged = (version: string) =>
  new AppError(
    'precondition_failed',
    'SERVER_CHANGED',
    'The server was changed since you read it. Read it again, and decide whether your change still fits.',
    { details: { currentVersion: version } },
  );

export const serverIsRemote = () =>
  new AppError(
    'conflict',
    'SERVER_IS_REMOTE',
    'The hosts that a server may reach are set for servers that run here. This one runs elsewhere.',
  );

export const serverHasNoSignIn = () =>
  new AppError(
    'conflict',
    'SERVER_HAS_NO_SIGN_IN',
    'Nobody signs in to this server: its authentication is not OAuth. Set it to OAuth first.',
  );

export const toolNotFound = () =>
  new AppError('not_found', 'TOOL_NOT_FOUND', 'The server has no such tool. List its tools to see those that it has.');

/** Only for whoever sees the server. */
export const toolNotGranted = () =>
  new AppError(
    'forbidden',
    'TOOL_NOT_GRANTED',
    'You, or your key, may not call this tool. Who manages its server can let you.',
  );

/** The same whoever it is: a stranger, or nobody. */
export const callersAreNoMembers = () => {
  const message = 'names somebody who is no member of your organization';
  const issues = [{ path: '/users', code: 'invalid_caller', message }];
  return new AppError('invalid', 'VALIDATION_ERROR', `/users ${message}.`, { issues });
};

export const versionNotFound = () => new AppError('not_found', 'VERSION_NOT_FOUND', 'The tool has no such version.');

/** @param pin of the definition that the tool has now */
export const toolChanged = (pin: string) =>
  new AppError('conflict', 'TOOL_CHANGED', 'The tool changed after you read it. Look at its definition again.', {
    details: { pin },
  });

export const nothingToRevoke = () =>
  new AppError(
    'conflict',
    'TOOL_NOT_APPROVED',
    'The definition that this tool has now is not approved. There is nothing to take back.',
  );

/** For every door: the call is not made until a person decides. */
export const toolQuarantined = ({ serverId, name, state }: { serverId: ServerId; name: string; state: ToolState }) =>
  new AppError('conflict', 'TOOL_QUARANTINED', whyQuarantined(name, state), {
    details: { server_id: serverId, tool: name, state, decide_at: decideAt(serverId, name) },
  });

/** In words, for the log of a plan as well. */
export const whyQuarantined = (name: string, state: ToolState): string => {
  const where = 'Who manages its server decides on its definition, among the tools of the server.';
  if (state === 'rejected') return `The tool ${name} was rejected. ${where}`;
  return state === 'new'
    ? `The tool ${name} waits for its approval. ${where}`
    : `The tool ${name} changed on its server and waits for its approval. ${where}`;
};

/** The page of the tool in the web client. */
const decideAt = (serverId: ServerId, name: string) => `/servers/${serverId}/tools/${encodeURIComponent(name)}`;
