import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { CLEAN_ENVIRONMENT } from './account.js';
import { type Binaries, findPackage, type PostgresPackage, prepareBinaries } from './binaries.js';
import { type Durability, ensureCluster, readPassword } from './cluster.js';
import { type Layout, PORT, prepareDirectories } from './directories.js';
import { alreadyStopped, didNotStart, didNotStop } from './embedded.errors.js';
import {
  addressOf,
  answers,
  findPostmaster,
  hurryStop,
  removeStaleLocks,
  type ServerAddress,
  stopPostmaster,
} from './postmaster.js';
import { withStartLock } from './start-lock.js';
import { until } from './until.js';
import { spawnWatched } from './watchdog.js';

/** Recovery after a crash replays at most `max_wal_size` (1 GB). */
const START_DEADLINE_MS = 180_000;
const LOCK_DEADLINE_MS = 200_000;
const QUIT_AFTER_MS = 20_000;
const KILL_AFTER_MS = 30_000;
const STOP_DEADLINE_MS = 40_000;
const LOG_LIMIT = 2 * 1024 * 1024;

const SETTINGS = {
  listen_addresses: '',
  port: String(PORT),
  unix_socket_permissions: '0700',
  shared_buffers: '64MB',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
};
const MAX_CONNECTIONS = 60;
/** Of one that need not survive a crash of the machine. */
const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export interface EmbeddedPostgresOptions {
  /** Folder for the cluster, the password, the socket and the log. Made if absent. */
  dataDirectory: string;
  /** Gets whole sentences for people. */
  log: (message: string) => void;
  /** Gives up the start; has no say afterwards. */
  signal?: AbortSignal;
  durability?: Durability;
  /** For all processes and pools that share it. */
  maxConnections?: number;
}

/**
 * A PostgreSQL of our own on a unix socket. It ends with the process that started it, even after SIGKILL; a second
 * process on the same folder adopts the running one.
 * @throws AppError EMBEDDED_POSTGRES_…, each saying what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDirectory, log, signal, durability = 'full', maxConnections = MAX_CONNECTIONS } = options;
  const source = await findPackage();
  const layout = await prepareDirectories({ dataDirectory, major: source.major, log });
  const server = new EmbeddedPostgres(source, layout, { durability, maxConnections }, log);
  await server.ensureRunning(signal);
  return server;
}

interface State {
  address: ServerAddress;
  pid: number;
  /** Absent for an adopted server. */
  watchdog: ChildProcess | undefined;
}

export class EmbeddedPostgres {
  private state: State | undefined;
  private starting: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly source: PostgresPackage,
    private readonly layout: Layout,
    private readonly manner: { durability: Durability; maxConnections: number },
    private readonly log: (message: string) => void,
  ) {}

  /** Stays the same when the server is started anew, so that a pool only has to connect again. */
  get connection(): ServerAddress {
    return this.running.address;
  }

  /** True when another process owns the server: it goes away with that process, see `ensureRunning`. */
  get adopted(): boolean {
    return this.running.watchdog === undefined;
  }

  get pid(): number {
    return this.running.pid;
  }

  /** Where the data really is: as root this may be another place than the one asked for. */
  get directory(): string {
    return this.layout.directory;
  }

  get logFile(): string {
    return this.layout.logFile;
  }

  /**
   * Starts or adopts a server if there is none any more: the owner of an adopted one ended, or it crashed.
   * Cheap while all is well; calls at the same time share one attempt.
   */
  async ensureRunning(signal?: AbortSignal): Promise<void> {
    if (this.stopped) throw alreadyStopped();
    this.starting ??= this.bringUp(signal).finally(() => {
      this.starting = undefined;
    });
    await this.starting;
  }

  /** Ends the server if this process owns it; an adopted one is left alone. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.starting?.catch(() => undefined);
    const { state } = this;
    if (state?.watchdog) await endWatchdog(state.watchdog, state.pid);
  }

  private get running(): State {
    if (!this.state) throw alreadyStopped();
    return this.state;
  }

  private async bringUp(signal: AbortSignal | undefined): Promise<void> {
    if (await this.isFine()) return;
    const options = { deadlineMs: LOCK_DEADLINE_MS, signal };
    this.state = await withStartLock(this.layout.directory, options, async () => {
      const state = await until(async () => (await this.adopt(signal)) ?? this.launch(signal), {
        deadlineMs: START_DEADLINE_MS,
        everyMs: 100,
        signal,
      });
      if (!state) throw didNotStart(this.layout.logFile, await this.endOfLog());
      return state;
    });
  }

  private async isFine(): Promise<boolean> {
    if (!this.state || (await findPostmaster(this.layout))?.pid !== this.state.pid) return false;
    return answers(this.state.address, this.layout.passwordFile);
  }

  /** Waits for a server that is coming up or going down; ends one that has lost its watchdog. */
  private async adopt(signal: AbortSignal | undefined): Promise<State | undefined> {
    const { layout } = this;
    const password = await readPassword(layout);
    let hurried: number | undefined;
    const found = await until(
      async () => {
        const postmaster = await findPostmaster(layout);
        if (!postmaster || !postmaster.watched) return { postmaster, address: undefined };
        if (postmaster.status === 'stopping' && postmaster.pid !== hurried) {
          hurried = postmaster.pid;
          hurryStop(postmaster.pid);
        }
        const address = addressOf(postmaster.socketDirectory, password);
        const ready = postmaster.status === 'ready' && (await answers(address, layout.passwordFile));
        return ready && { postmaster, address };
      },
      { deadlineMs: START_DEADLINE_MS, signal },
    );
    if (!found) throw didNotStart(layout.logFile, await this.endOfLog());
    const { postmaster, address } = found;
    if (!postmaster) return undefined;
    if (!address) {
      this.log('A PostgreSQL that nobody watches was left behind; stopping it to start it anew.');
      await stopPostmaster(layout, postmaster.pid, signal);
      return undefined;
    }
    return { address, pid: postmaster.pid, watchdog: undefined };
  }

  /** @returns undefined when the leavings of a killed server are still in the way, which passes */
  private async launch(signal: AbortSignal | undefined): Promise<State | undefined> {
    const { layout, manner, log, source } = this;
    const { directory, account } = layout;
    const binaries = await prepareBinaries({ source, directory, account, log });
    const password = await readPassword(layout);
    await ensureCluster({ layout, binaries, password, durability: manner.durability, signal });
    await removeStaleLocks(layout, log);

    const watchdog = this.spawn(binaries);
    const address = addressOf(layout.socketDirectory, password);
    try {
      const pid = await this.waitUntilReady(watchdog, address, signal);
      if (pid !== undefined) return { address, pid, watchdog };
    } catch (error) {
      watchdog.stdin?.end();
      throw error;
    }
    watchdog.stdin?.end();
    const said = await this.endOfLog();
    if (/pre-existing shared memory block|lock file .* already exists/.test(said)) return undefined;
    throw didNotStart(layout.logFile, said);
  }

  private spawn({ postgres }: Binaries): ChildProcess {
    const { cluster, socketDirectory, logFile, account } = this.layout;
    const { durability, maxConnections } = this.manner;
    const settings = {
      ...SETTINGS,
      max_connections: String(maxConnections),
      ...(durability === 'none' ? NOT_DURABLE : {}),
    };
    const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return spawnWatched({
      command: postgres,
      arguments: ['-D', cluster, '-k', socketDirectory, ...given],
      ids: account.ids,
      environment: CLEAN_ENVIRONMENT,
      logFile,
      logLimit: LOG_LIMIT,
      quitAfterMs: QUIT_AFTER_MS,
      killAfterMs: KILL_AFTER_MS,
    });
  }

  private async waitUntilReady(
    watchdog: ChildProcess,
    address: ServerAddress,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    const options = { deadlineMs: START_DEADLINE_MS, everyMs: 10, signal };
    const outcome = await until(async () => {
      if (hasEnded(watchdog)) return 'ended';
      const postmaster = await findPostmaster(this.layout);
      const ready = postmaster?.status === 'ready' && (await answers(address, this.layout.passwordFile));
      return ready && postmaster.pid;
    }, options);
    return outcome === 'ended' ? undefined : outcome;
  }

  private async endOfLog(): Promise<string> {
    const text = await readFile(this.layout.logFile, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-6).join('\n');
  }
}

const hasEnded = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

async function endWatchdog(watchdog: ChildProcess, pid: number): Promise<void> {
  watchdog.stdin?.end();
  watchdog.ref();
  const ended = await until(() => hasEnded(watchdog), { deadlineMs: STOP_DEADLINE_MS });
  watchdog.unref();
  if (!ended) throw didNotStop(pid);
}
