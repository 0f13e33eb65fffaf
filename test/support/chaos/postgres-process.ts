import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../../src/platform/database/embedded/embedded-postgres.js';
import { toUrl } from './database-url.js';
import { until } from './until.js';

const execute = promisify(execFile);
const GONE_MS = 20_000;

/** A PostgreSQL of its own that keeps its promises, to be ended at once and started again. */
export class PostgresProcess {
  private constructor(
    private readonly folder: string,
    private readonly server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<PostgresProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-postgres-'));
    // As root, PostgreSQL runs as another user, who must get through.
    await chmod(folder, 0o711);
    return new PostgresProcess(folder, await startEmbeddedPostgres({ dataDirectory: folder, log: () => undefined }));
  }

  get url(): string {
    return toUrl(this.server.connection);
  }

  /** What `pg_ctl stop -m immediate` does: no checkpoint, no goodbye; the next start recovers from the log. */
  async stopImmediately(): Promise<void> {
    const { pid } = this.server;
    process.kill(pid, 'SIGQUIT');
    await until('PostgreSQL has ended', async () => !(await isAlive(pid)), GONE_MS);
  }

  async startAgain(): Promise<void> {
    await this.server.ensureRunning();
  }

  /** From now on no file of it may grow beyond so many bytes: `undefined` is no limit. Needs no rights over the system. */
  async limitFiles(bytes: number | undefined): Promise<void> {
    for (const pid of [this.server.pid, ...(await childrenOf(this.server.pid))]) {
      // One that ends meanwhile has no limit any more.
      await limitFilesOf(pid, bytes).catch(async (error: Error) => {
        if (await isAlive(pid)) throw error;
      });
    }
  }

  async end(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Lowers or lifts the limit of one process (RLIMIT_FSIZE); what is written beyond it fails as on a full disk. */
export async function limitFilesOf(pid: number, bytes: number | undefined): Promise<void> {
  // As the user of that process: root needs a right of its own for the limits of others.
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const idOf = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]);
  const ids = process.getuid?.() === 0 ? { uid: idOf('Uid'), gid: idOf('Gid') } : {};
  await execute('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`], { ...ids, cwd: '/' });
}

async function childrenOf(parent: number): Promise<number[]> {
  const found = await Promise.all(
    (await readdir('/proc')).map(async (entry) => {
      const status = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '') : '';
      return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? -1) === parent ? [Number(entry)] : [];
    }),
  );
  return found.flat();
}

async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return status !== '' && !/^State:\s+Z/m.test(status);
}
