import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import {
  PackageFault,
  type PackageRun,
  PackageRunner,
  type PackageVersion,
  type PreparedRun,
} from '../../core/registry/package-runner.port.js';
import type { ServerId } from '../../platform/ids.js';
import { findEntry, findForeignSource } from './installed-package.js';
import { findRegistry, installPackage } from './npm.js';

interface NpmPackagesOptions {
  /** All of it is below: what was installed, and what packages write. */
  folder: string;
  /** The one that npm is configured with, unless given. */
  registry: string | undefined;
  /** Where npm is, and how it reaches the registry. */
  npmEnvironment: Readonly<Record<string, string>>;
}

/** A call waits so long for a package that has to be installed first; the installation goes on. */
const PATIENCE_MS = 15_000;
const HEAP_MIB = 256;

/**
 * Packages of npm, each exact version in a folder of its own, its scripts never run. They run under Node's permission
 * model (nodejs.org/api/permissions.html): no file but theirs, no process, no native add-on. That bounds accidents; it
 * is no sandbox, and the network is open to them.
 */
export class NpmPackages extends PackageRunner {
  readonly enabled = true;
  private readonly installing = new Map<string, Promise<string>>();

  constructor(private readonly options: NpmPackagesOptions) {
    super();
  }

  async install(version: PackageVersion): Promise<void> {
    await this.installed(version);
  }

  async prepare({ serverId, args, env, ...version }: PackageRun): Promise<PreparedRun> {
    const folder = await patiently(this.installed(version));
    const work = await this.workFolder(serverId);
    await mkdir(work, { recursive: true });
    const [home, entry] = [await realpath(work), await findEntry(folder, version.name)];
    return {
      command: process.execPath,
      args: [
        '--permission',
        `--allow-fs-read=${folder}${sep}*`,
        `--allow-fs-read=${home}${sep}*`,
        `--allow-fs-write=${home}${sep}*`,
        `--max-old-space-size=${HEAP_MIB}`,
        entry,
        ...args,
      ],
      env: { ...env, PATH: dirname(process.execPath), HOME: home, TMPDIR: home },
      cwd: home,
    };
  }

  async forget(serverId: ServerId): Promise<void> {
    await rm(await this.workFolder(serverId), { recursive: true, force: true }).catch(() => undefined);
  }

  private async workFolder(serverId: ServerId): Promise<string> {
    const folder = join(this.options.folder, 'files');
    await mkdir(folder, { recursive: true });
    return join(folder, serverId);
  }

  /** @returns the real path of its folder */
  private installed(version: PackageVersion): Promise<string> {
    const key = createHash('sha256').update(`${version.name}@${version.version}`).digest('hex').slice(0, 32);
    const known = this.installing.get(key);
    if (known) return known;
    const installed = this.installAlone(version, join(this.options.folder, key));
    this.installing.set(key, installed);
    // What failed may be tried again, and what was done is looked for again: somebody may have removed it.
    void installed.catch(() => undefined).finally(() => this.installing.delete(key));
    return installed;
  }

  private async installAlone({ name, version }: PackageVersion, folder: string): Promise<string> {
    if (await isThere(folder)) return realpath(folder);
    const partial = `${folder}.${randomUUID()}`;
    await mkdir(partial, { recursive: true });
    try {
      await writeFile(join(partial, 'package.json'), JSON.stringify({ private: true }));
      const { npmEnvironment } = this.options;
      const registry = this.options.registry ?? (await findRegistry({ folder: partial, npmEnvironment }));
      await installPackage({ folder: partial, registry, npmEnvironment, asked: `${name}@${version}` });
      await verify(partial, { name, version }, registry);
      await rename(partial, folder).catch(async (error: unknown) => {
        // Another process was faster.
        if (!(await isThere(folder))) throw error;
      });
      return await realpath(folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
}

const isThere = async (folder: string): Promise<boolean> =>
  stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function patiently<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new PackageFault('npm is still at it.')), PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function verify(folder: string, { name, version }: PackageVersion, registry: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
    version?: unknown;
  };
  if (manifest.version !== version) throw new PackageFault('npm brought another version.');
  const foreign = await findForeignSource(folder, registry);
  if (foreign) throw new PackageFault(`${foreign} would come from elsewhere than the registry.`);
  await findEntry(folder, name);
}
