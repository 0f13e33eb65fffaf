import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { USER } from './cluster.js';
import { type Layout, PORT } from './directories.js';
import { didNotStop, passwordDoesNotFit } from './embedded.errors.js';
import { findProcess, isPidTaken } from './processes.js';
import { until } from './until.js';
import { WATCHDOG_MARK } from './watchdog.js';

const PING_DEADLINE_MS = 5_000;
const STOP_DEADLINE_MS = 30_000;

export interface RunningPostmaster {
  pid: number;
  socketDirectory: string;
  status: string;
  /** Without its watchdog nobody would ever stop it. */
  watched: boolean;
}

/**
 * The live server of this cluster, by its `postmaster.pid` (lines: pid, data folder, start, port, socket folder,
 * address, shared memory, status). A pid that another process has by now is not a server.
 */
export async function findPostmaster({ cluster }: Layout): Promise<RunningPostmaster | undefined> {
  const lines = (await readFile(pidFile(cluster), 'utf8').catch(() => '')).split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  const found = await findProcess(pid);
  if (!found || !found.command.includes('postgres') || !found.command.includes(cluster)) return undefined;
  const parent = await findProcess(found.parent);
  return {
    pid,
    socketDirectory: lines[4] ?? '',
    status: lines[7] ?? '',
    watched: parent?.command.includes(WATCHDOG_MARK) ?? false,
  };
}

/**
 * Clears what a killed server left when its pid belongs to another process now (or to a zombie), which PostgreSQL would
 * take for itself. Only under the start lock, and only when `findPostmaster` saw none. A stale file whose pid is free is
 * PostgreSQL's own business.
 */
export async function removeStaleLocks({ cluster, socketDirectory }: Layout, log: (message: string) => void) {
  const socket = join(socketDirectory, `.s.PGSQL.${PORT}`);
  for (const file of [pidFile(cluster), `${socket}.lock`]) {
    const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
    if (!pid || !isPidTaken(pid)) continue;
    log(`Removing ${file}: its server is gone, and process ${pid} is another one.`);
    await rm(file, { force: true });
  }
}

const pidFile = (cluster: string) => join(cluster, 'postmaster.pid');

export interface ServerAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

export const addressOf = (socketDirectory: string, password: string): ServerAddress => ({
  host: socketDirectory,
  port: PORT,
  user: USER,
  password,
  database: 'switchyard',
});

/** Whether the server answers a query; makes the database on the way if it is absent. */
export async function answers(address: ServerAddress, passwordFile: string): Promise<boolean> {
  try {
    await query(address, 'select 1');
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === '28P01') throw passwordDoesNotFit(passwordFile);
    // too_many_connections: busy, but alive.
    if (code === '53300') return true;
    // invalid_catalog_name
    if (code !== '3D000') return false;
  }
  await query({ ...address, database: 'postgres' }, `create database "${address.database}"`).catch((error: unknown) => {
    // duplicate_database: another process was quicker
    if ((error as { code?: string }).code !== '42P04') throw error;
  });
  return true;
}

async function query(address: ServerAddress, text: string): Promise<void> {
  const client = new Client({ ...address, connectionTimeoutMillis: PING_DEADLINE_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A server that was asked to stop by SIGTERM waits for all its clients to leave, us among them. */
export const hurryStop = (pid: number): void => sendSignal(pid, 'SIGINT');

/** A fast shutdown of a server that is not our child: open transactions are rolled back. */
export async function stopPostmaster(layout: Layout, pid: number, signal?: AbortSignal): Promise<void> {
  for (const name of ['SIGINT', 'SIGQUIT'] as const) {
    sendSignal(pid, name);
    const gone = await until(async () => (await findPostmaster(layout))?.pid !== pid, {
      deadlineMs: STOP_DEADLINE_MS,
      signal,
    });
    if (gone) return;
  }
  throw didNotStop(pid);
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
