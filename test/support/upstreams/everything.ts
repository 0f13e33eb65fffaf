import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../listening.js';

const SCRIPT = resolve(__dirname, '../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js');

export interface Everything {
  url: string;
  close: () => Promise<void>;
}

/** The reference server of the protocol, as its users start it. */
export async function startEverything(transport: 'streamableHttp' | 'sse' = 'streamableHttp'): Promise<Everything> {
  const port = await freePort();
  const child = spawn(process.execPath, [SCRIPT, transport], {
    env: { PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await saysItListens(child);
  return {
    url: `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`,
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function saysItListens(child: ChildProcess): Promise<void> {
  if (!child.stderr) throw new Error('No stderr.');
  for await (const line of createInterface({ input: child.stderr })) {
    if (!/listening|running on port/.test(line)) continue;
    // Nobody reads on, and a full pipe would stop it.
    child.stderr.resume();
    return;
  }
  throw new Error('The server ended before it listened.');
}
