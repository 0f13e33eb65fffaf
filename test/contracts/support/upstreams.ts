import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface Upstream {
  url: string;
  close: () => Promise<void>;
}

const EVERYTHING = resolve(__dirname, '../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js');

/** The reference server of the protocol over Streamable HTTP, as its users start it. */
export async function startEverything(): Promise<Upstream> {
  const port = await freePort();
  const child = spawn(process.execPath, [EVERYTHING, 'streamableHttp'], {
    env: { PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await listens(child);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function listens(child: ChildProcess): Promise<void> {
  if (!child.stderr) throw new Error('The server has no stderr.');
  for await (const line of createInterface({ input: child.stderr })) {
    if (!/listening|running on port/.test(line)) continue;
    // Nobody reads on, and a full pipe would stop it.
    child.stderr.resume();
    return;
  }
  throw new Error('The server ended before it listened.');
}

/** A port where nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  const closed = once(probe, 'close');
  probe.close();
  await closed;
  return port;
}
