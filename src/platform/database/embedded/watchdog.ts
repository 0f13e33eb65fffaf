import { type ChildProcess, spawn } from 'node:child_process';
import { CLEAN_ENVIRONMENT } from './account.js';

/** Stands in the command line of every watchdog, so that one can be told from any other parent. */
export const WATCHDOG_MARK = 'switchyard-postgres-watchdog';

export interface WatchdogOrder {
  command: string;
  arguments: string[];
  ids: { uid: number; gid: number } | undefined;
  environment: Record<string, string>;
  logFile: string;
  /** Bytes after which the log is moved aside; one older file is kept. */
  logLimit: number;
  quitAfterMs: number;
  killAfterMs: number;
}

/**
 * Starts a command below a watchdog that ends it as soon as this process is gone, whatever ended it:
 * the kernel closes our end of the watchdog's standard input even after SIGKILL.
 * In a session of its own, so that a Ctrl-C meant for us does not cut the database off first.
 */
export function spawnWatched(order: WatchdogOrder): ChildProcess {
  const script = `(${watch.toString()})()`;
  const child = spawn(process.execPath, ['-e', script, '--', WATCHDOG_MARK, JSON.stringify(order)], {
    cwd: '/',
    env: CLEAN_ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // What goes wrong here shows as a server that does not get ready.
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
  return child;
}

/** Runs in the watchdog, as source text: nothing of this module is in reach. */
/* istanbul ignore next */
function watch(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { appendFileSync, renameSync, statSync } = process.getBuiltinModule('node:fs');
  const order = JSON.parse(process.argv[2] ?? '') as WatchdogOrder;

  const size = () => statSync(order.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const write = (text: string | Uint8Array) => {
    try {
      if (size() > order.logLimit) renameSync(order.logFile, `${order.logFile}.1`);
      appendFileSync(order.logFile, text, { mode: 0o600 });
    } catch {
      // A full disk must not stop the database that may be asked to make room.
    }
  };

  const child = spawn(order.command, order.arguments, {
    ...order.ids,
    cwd: '/',
    env: order.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', write);
  child.on('error', (error) => {
    write(`${error.message}\n`);
    process.exit(1);
  });
  // Not `close` alone: a straggling backend may hold the pipe open for long.
  child.on('close', (code) => process.exit(code ?? 1));
  child.on('exit', (code) => setTimeout(() => process.exit(code ?? 1), 500));

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGQUIT'), order.quitAfterMs);
    setTimeout(() => child.kill('SIGKILL'), order.killAfterMs);
  };
  process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
}
