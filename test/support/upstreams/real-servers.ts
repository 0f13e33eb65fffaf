import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../app.js';
import { freePort } from '../listening.js';

/** A server that nobody here wrote, in processes of its own. */
export interface RealServer {
  url: string;
  close: () => Promise<void>;
}

const PACKAGES = join(process.cwd(), 'node_modules');

/** A program that speaks over stdio: the file of its package, and what it is started with. */
export interface StdioServer {
  file: string;
  args?: string[];
  env?: Record<string, string>;
}

export const filesystemServer = (folder: string): StdioServer => ({
  file: '@modelcontextprotocol/server-filesystem/dist/index.js',
  args: [folder],
});
export const memoryServer = (file: string): StdioServer => ({
  file: '@modelcontextprotocol/server-memory/dist/index.js',
  env: { MEMORY_FILE_PATH: file },
});

/** Programs from npm that make an HTTP server of one that speaks over stdio. */
export const BRIDGES = [
  {
    bridge: 'supergateway',
    behind: async ({ file, args = [], env = {} }: StdioServer): Promise<RealServer> => {
      const port = await freePort();
      const command = [process.execPath, join(PACKAGES, file), ...args].join(' ');
      const options = ['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port)];
      return start(port, [join(PACKAGES, 'supergateway/dist/index.js'), '--stdio', command, ...options], env);
    },
  },
  {
    bridge: 'mcp-proxy',
    behind: async ({ file, args = [], env = {} }: StdioServer): Promise<RealServer> => {
      const port = await freePort();
      const options = ['--host', '127.0.0.1', '--port', String(port), '--'];
      const command = [process.execPath, join(PACKAGES, file), ...args];
      return start(port, [join(PACKAGES, 'mcp-proxy/dist/bin/mcp-proxy.mjs'), ...options, ...command], env);
    },
  },
];

/** In a group of its own, so that what it starts ends with it. */
async function start(port: number, args: string[], env: Record<string, string>): Promise<RealServer> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: 'ignore',
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('It could not be started.');
  const ended = once(child, 'exit');
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGKILL');
    await ended;
  };
  try {
    await eventually(() => listens(port), Boolean, 40_000);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `http://127.0.0.1:${port}/mcp`, close };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
