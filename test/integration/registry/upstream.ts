import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';

export const ECHO: Tool = {
  name: 'echo',
  title: 'Echo',
  description: 'Says it again.',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  annotations: { readOnlyHint: true, openWorldHint: false },
};
export const ERASE: Tool = { name: 'erase', inputSchema: { type: 'object' } };

export interface Upstream {
  url: string;
  /** What it lists from now on. */
  tools: Tool[];
  /** The headers of all requests so far. */
  seen: IncomingHttpHeaders[];
  /** Keeps back the next listing, of what it has when asked; resolves when it was asked, with what lets it go. */
  holdListing: () => Promise<() => void>;
  /** From now on it takes requests and says nothing. */
  hang: () => void;
  close: () => Promise<void>;
  /** Listens again where it was. */
  reopen: () => Promise<void>;
}

/** A server made with the first SDK, without sessions. With `wants` it lets in only requests with that header. */
export async function startUpstream({ wants }: { wants?: { header: string; value: string } } = {}): Promise<Upstream> {
  let hanging = false;
  let onListing: ((release: () => void) => void) | undefined;
  const upstream = { tools: [ECHO, ERASE], seen: [] as IncomingHttpHeaders[] };
  const http = createServer((request, response) => {
    upstream.seen.push(request.headers);
    if (hanging) return;
    if (wants && request.headers[wants.header] !== wants.value) {
      response.writeHead(401).end();
      return;
    }
    const server = new Server({ name: 'first-sdk', version: '1.2.3' }, { capabilities: { tools: {} } });
    server.setRequestHandler(ListToolsRequestSchema, async () => {
      const { tools } = upstream;
      const held = onListing;
      onListing = undefined;
      if (held) await new Promise<void>(held);
      return { tools };
    });
    server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({
      content: [{ type: 'text', text: JSON.stringify(params.arguments) }],
    }));
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on('close', () => void server.close());
    void server.connect(transport).then(() => transport.handleRequest(request, response));
  });
  const listen = async (port: number) => {
    http.listen(port, '127.0.0.1');
    await once(http, 'listening');
    return (http.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return Object.assign(upstream, {
    url: `http://127.0.0.1:${port}/mcp`,
    holdListing: () =>
      new Promise<() => void>((resolve) => {
        onListing = resolve;
      }),
    hang: () => {
      hanging = true;
    },
    close: async () => {
      if (!http.listening) return;
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
    reopen: async () => void (await listen(port)),
  });
}

export interface Everything {
  url: string;
  close: () => Promise<void>;
}

/** The reference server, as its users start it. */
export async function startEverything(transport: 'streamableHttp' | 'sse'): Promise<Everything> {
  const port = await freePort();
  const script = resolve(__dirname, '../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js');
  const child = spawn(process.execPath, [script, transport], {
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
    if (/listening|running on port/.test(line)) {
      child.stderr.resume();
      return;
    }
  }
  throw new Error('The server ended before it listened.');
}

/** A port where nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createTcpServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  const closed = once(probe, 'close');
  probe.close();
  await closed;
  return port;
}
