import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const inRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const NEEDED = 24;
const PINNED = inRoot(process.platform === 'win32' ? 'node_modules/.bin/node.cmd' : 'node_modules/.bin/node');

/**
 * With which the server runs. What a request leaves behind is collected young: in twice the room Node gives it by itself
 * less of it survives by chance, for at most 48 MB more. And V8 must not guess which objects will live long and put them
 * with the old ones at once: where it guesses wrong, all that a request holds stays with them.
 */
export const SERVER_FLAGS = ['--enable-source-maps', '--max-semi-space-size=32', '--no-allocation-site-pretenuring'];

/** A Node that is new enough: this one, else the one that the optional packages brought. */
export function recentNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  if (existsSync(PINNED)) return PINNED;
  console.error(
    `Switchyard runs on Node ${NEEDED}; this is ${process.version}, and the packages brought none for ` +
      `${process.platform}-${process.arch}. Run \`npm ci\`, or install Node ${NEEDED}.`,
  );
  process.exit(1);
}

/**
 * Gives this process over to Node with other arguments. Where the kernel can replace the program, nothing is left in
 * between that a signal could miss; elsewhere signals are passed on, and the exit code is passed back.
 */
export function become(args, environment = {}) {
  const node = recentNode();
  const env = { ...process.env, ...environment };
  if (node === process.execPath && process.execve && process.platform !== 'win32') {
    process.execve(node, [node, ...args], env);
  }
  const child = spawn(node, args, { stdio: 'inherit', env });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  // A terminal sends its Ctrl-C to the whole group, the child included: a second one would read as "now!".
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
