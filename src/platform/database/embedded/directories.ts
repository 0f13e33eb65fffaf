import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Account, canEnter, chooseAccount, runsAsRoot } from './account.js';
import { directoryOfSomebodyElse, directoryOutOfReach, socketDirectoryUnsafe } from './embedded.errors.js';

export const PORT = 5432;
/** sockaddr_un holds 108 bytes on Linux and 104 elsewhere, the closing zero included. */
const SOCKET_PATH_LIMIT = 103;

/** Where everything of one embedded server lies. */
export interface Layout {
  directory: string;
  cluster: string;
  socketDirectory: string;
  passwordFile: string;
  logFile: string;
  account: Account;
}

interface LayoutOptions {
  dataDirectory: string;
  major: string;
  log: (message: string) => void;
  /** Where folders go that the account of PostgreSQL cannot reach otherwise. */
  stateDirectory?: string;
  temporaryDirectory?: string;
}

/** Makes the folders, with the narrowest modes that let PostgreSQL in. */
export async function prepareDirectories({
  dataDirectory,
  major,
  log,
  stateDirectory = '/var/lib',
  temporaryDirectory = tmpdir(),
}: LayoutOptions): Promise<Layout> {
  const asked = await makeDirectory(resolve(dataDirectory));
  let directory = asked;
  let account = await chooseAccount(clusterIn(directory, major));
  if (!(await canEnter(directory, account))) {
    directory = await makeDirectory(join(stateDirectory, `switchyard-${fingerprint(asked)}`));
    if ((await stat(directory)).uid !== process.getuid?.()) throw directoryOfSomebodyElse(directory);
    account = await chooseAccount(clusterIn(directory, major));
    if (!(await canEnter(directory, account))) throw directoryOutOfReach(asked);
    log(
      `PostgreSQL runs as ${account.name}, because it refuses root, and cannot enter ${asked}; its data is in ${directory}.`,
    );
  }
  return {
    directory,
    cluster: clusterIn(directory, major),
    socketDirectory: await makeSocketDirectory(directory, temporaryDirectory, account),
    passwordFile: join(directory, 'password'),
    logFile: join(directory, 'postgres.log'),
    account,
  };
}

const clusterIn = (directory: string, major: string) => join(directory, `cluster-${major}`);

const fingerprint = (path: string) => createHash('sha256').update(path).digest('hex').slice(0, 12);

/** As root the folder must let another account pass, though not look around: 0711. */
async function makeDirectory(path: string): Promise<string> {
  const mode = runsAsRoot() ? 0o711 : 0o700;
  const first = await mkdir(path, { recursive: true, mode }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EACCES' ? directoryOfSomebodyElse(path) : error;
  });
  if (runsAsRoot()) {
    const topmost = first ?? path;
    // The umask may have taken away what `mode` asked for.
    for (let each = path; each.length >= topmost.length; each = dirname(each)) {
      const { uid, mode: found } = await stat(each);
      if (uid === 0) await chmod(each, (found & 0o777) | 0o011);
    }
  }
  return realpath(path);
}

async function makeSocketDirectory(directory: string, temporary: string, account: Account): Promise<string> {
  const beside = join(directory, 'run');
  if (fits(beside)) return makePrivate(beside, account);
  const name = `switchyard-${process.getuid?.() ?? 0}-${fingerprint(directory)}`;
  const usable = fits(join(temporary, name)) && (await canEnter(temporary, account));
  return makePrivate(join(usable ? temporary : '/tmp', name), account);
}

const fits = (directory: string) => Buffer.byteLength(join(directory, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_LIMIT;

/** The temporary folder is open to all: what stands there already is used only if it is ours and closed to others. */
async function makePrivate(path: string, account: Account): Promise<string> {
  const owner = account.ids?.uid ?? process.getuid?.();
  const made = await mkdir(path, { mode: 0o700 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return false;
    },
  );
  if (made && account.ids) await chown(path, account.ids.uid, account.ids.gid);
  const found = await lstat(path);
  const closed = (found.mode & 0o077) === 0;
  if (!found.isDirectory() || found.uid !== owner || !closed) throw socketDirectoryUnsafe(path);
  return path;
}
