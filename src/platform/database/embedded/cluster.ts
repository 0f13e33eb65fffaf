import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CLEAN_ENVIRONMENT } from './account.js';
import type { Binaries } from './binaries.js';
import type { Layout } from './directories.js';
import { clusterNotMade, clusterOfAnotherVersion, directoryOfSomebodyElse } from './embedded.errors.js';

const execute = promisify(execFile);

export const USER = 'switchyard';
const INIT_DEADLINE_MS = 120_000;

/** `none` is for tests: a crash of the machine may lose the data. */
export type Durability = 'full' | 'none';

/** The password of the one database user: made at the first start, readable by us alone. */
export async function readPassword({ passwordFile }: Layout): Promise<string> {
  try {
    return await readFile(passwordFile, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') throw directoryOfSomebodyElse(dirname(passwordFile));
    if (code !== 'ENOENT') throw error;
  }
  const password = randomBytes(24).toString('base64url');
  const partial = `${passwordFile}.new`;
  await rm(partial, { force: true });
  await writeFile(partial, password, { mode: 0o600, flush: true });
  await rename(partial, passwordFile);
  return password;
}

interface CreateOptions {
  layout: Layout;
  binaries: Binaries;
  password: string;
  durability: Durability;
  signal?: AbortSignal | undefined;
}

/** Makes the cluster if it is absent. It gets its name only when it is whole, so that a crash leaves none half made. */
export async function ensureCluster({ layout, binaries, password, durability, signal }: CreateOptions): Promise<void> {
  const { cluster } = layout;
  if (await exists(join(cluster, 'PG_VERSION'))) return;
  await refuseOtherVersions(layout);
  await removeUnfinished(layout);

  const unfinished = `${cluster}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = join(layout.socketDirectory, 'initial-password');
  try {
    await mkdir(unfinished, { mode: 0o700 });
    await rm(passwordFile, { force: true });
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    const { ids } = layout.account;
    if (ids) await Promise.all([unfinished, passwordFile].map((path) => chown(path, ids.uid, ids.gid)));
    await initialize(binaries.initdb, { directory: unfinished, passwordFile, durability, ids, signal });
    await rename(unfinished, cluster);
    if (durability === 'full') await flushDirectory(layout.directory);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface InitializeOptions {
  directory: string;
  passwordFile: string;
  durability: Durability;
  ids: { uid: number; gid: number } | undefined;
  signal: AbortSignal | undefined;
}

async function initialize(initdb: string, options: InitializeOptions): Promise<void> {
  const { directory, passwordFile, durability, ids, signal } = options;
  const values = {
    pgdata: directory,
    username: USER,
    pwfile: passwordFile,
    auth: 'scram-sha-256',
    encoding: 'UTF8',
    locale: 'C',
    // Upper and lower case of all languages, and the same on every machine.
    'locale-provider': 'builtin',
    'builtin-locale': 'C.UTF-8',
  };
  const named = Object.entries(values).map(([name, value]) => `--${name}=${value}`);
  const flags = ['--no-instructions', ...(durability === 'none' ? ['--no-sync'] : [])];
  const deadline = AbortSignal.timeout(INIT_DEADLINE_MS);
  try {
    await execute(initdb, [...named, ...flags], {
      ...ids,
      cwd: '/',
      env: CLEAN_ENVIRONMENT,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
  } catch (error) {
    signal?.throwIfAborted();
    const { stderr, message } = error as { stderr?: string; message: string };
    throw clusterNotMade((stderr || message).trim().slice(-500));
  }
}

async function refuseOtherVersions({ directory, cluster }: Layout): Promise<void> {
  const other = (await readdir(directory)).find((name) => /^cluster-\d+$/.test(name) && name !== basename(cluster));
  if (other !== undefined) throw clusterOfAnotherVersion(other, basename(cluster));
}

async function removeUnfinished({ directory, cluster }: Layout): Promise<void> {
  const unfinished = (await readdir(directory)).filter((name) => name.startsWith(`${basename(cluster)}.new-`));
  for (const name of unfinished) await rm(join(directory, name), { recursive: true, force: true, maxRetries: 3 });
}

async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
