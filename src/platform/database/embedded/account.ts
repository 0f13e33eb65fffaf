import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { directoryOfSomebodyElse, noAccountForPostgres } from './embedded.errors.js';

const execute = promisify(execFile);

/** Whom PostgreSQL runs as; without ids it is the user of this process. */
export interface Account {
  name: string;
  ids: { uid: number; gid: number } | undefined;
}

/** Nothing of our environment, where secrets may be, reaches the database's processes. */
export const CLEAN_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export const runsAsRoot = () => process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root: an existing cluster keeps its owner, a new one goes to `postgres` or `nobody`.
 * @param cluster data folder of PostgreSQL, which may not exist yet
 * @throws AppError when an ordinary user meets another user's cluster, or root finds no account
 */
export async function chooseAccount(cluster: string): Promise<Account> {
  const owner = await stat(cluster).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') throw directoryOfSomebodyElse(cluster);
    return undefined;
  });
  if (!runsAsRoot()) {
    if (owner && owner.uid !== process.getuid?.()) throw directoryOfSomebodyElse(cluster);
    return { name: 'this user', ids: undefined };
  }
  if (owner && owner.uid !== 0) return { name: `user ${owner.uid}`, ids: { uid: owner.uid, gid: owner.gid } };
  for (const name of ['postgres', 'nobody']) {
    const ids = (await idsByProgram(name)) ?? (await idsByFile(name));
    if (ids && ids.uid > 0 && ids.gid > 0) return { name, ids };
  }
  throw noAccountForPostgres();
}

/** Knows accounts that are in no file, too. */
async function idsByProgram(name: string): Promise<Account['ids']> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => execute('id', [flag, name], { timeout: 5_000 })));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    return undefined;
  }
}

/** Where the program is not: passwd(5). */
async function idsByFile(name: string): Promise<Account['ids']> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** Asks the kernel, as that account: mode bits alone do not tell (ACLs, every parent folder). */
export async function canEnter(directory: string, account: Account): Promise<boolean> {
  try {
    const options = { ...account.ids, cwd: '/', env: CLEAN_ENVIRONMENT, timeout: 5_000 };
    await execute('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], options);
    return true;
  } catch {
    return false;
  }
}
