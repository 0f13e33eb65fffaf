import { AppError } from '../platform/errors/app-error.js';

/**
 * Why the database of DATABASE_URL cannot be used and what to do, in one sentence or two.
 * Of the address only its password is left out.
 * @param error of the driver: its code is one of PostgreSQL (appendix A) or of the system
 */
export function databaseFault(error: unknown, url: string): AppError {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const say = SENTENCES[code] ?? (TIMED_OUT.test(message) ? silent : otherwise);
  return new AppError('unavailable', 'DATABASE_UNUSABLE', `DATABASE_URL: ${say({ ...partsOf(url), code, message })}`, {
    cause: error,
  });
}

/** One that says something of the server, and not of what was asked of it. */
export function isKnownFault(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return Object.hasOwn(SENTENCES, code) || TIMED_OUT.test(message);
}

interface Facts {
  server: string;
  user: string;
  database: string;
  code: string;
  message: string;
}

type Sentence = (facts: Facts) => string;

/** Of `pg`, and of its pool, which both come without a code. */
const TIMED_OUT = /timeout exceeded when trying to connect|Connection terminated|^timeout expired/;

const silent: Sentence = ({ server }) =>
  `${server} does not answer. Look at its address and at what is between, a firewall for instance.`;
const unknownHost: Sentence = ({ server }) => `there is no machine of the name in ${server}. Correct the address.`;
const refused: Sentence = ({ server, code }) =>
  `nothing listens at ${server} (${code}). Start PostgreSQL there, or correct the address.`;
const mayNot: Sentence = ({ user, database, message }) =>
  `${user} may not do in ${database} what is needed (${message}). Let it own the database: alter database "${database}" owner to "${user}".`;
const otherwise: Sentence = ({ server, database, message, code }) =>
  `${database} at ${server} cannot be used (${message || code}). Correct what is wrong there, or the address.`;

const SENTENCES: Readonly<Record<string, Sentence>> = {
  '28P01': ({ server, user }) => `${server} refuses the password of ${user}. Correct the user or the password.`,
  '28000': ({ server, user, message }) =>
    `${server} does not let ${user} in (${message}). Correct the address, or the rules of that server (pg_hba.conf).`,
  '3D000': ({ server, database }) => `${server} has no database ${database}. Create it, or correct the name.`,
  '25006': ({ server }) => `${server} only lets read, as a standby does. Name the server that writes.`,
  '42501': mayNot,
  '53300': ({ server }) =>
    `${server} has no connection left. Give it more (max_connections), or this product fewer (DATABASE_POOL).`,
  ECONNREFUSED: refused,
  ENOENT: refused,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ETIMEDOUT: silent,
  EHOSTUNREACH: silent,
  ENETUNREACH: silent,
};

function partsOf(url: string): Pick<Facts, 'server' | 'user' | 'database'> {
  const { hostname, port, username, pathname, searchParams } = new URL(url);
  const user = decodeURIComponent(username) || 'the user';
  const host = decodeURIComponent(searchParams.get('host') ?? hostname) || 'localhost';
  return {
    server: `${host}:${port || '5432'}`,
    user,
    database: decodeURIComponent(pathname.slice(1)) || user,
  };
}
