import { McpServer as LegacyServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

export interface TestServer {
  url: string;
  /** `POST tools/call` and the like, in the order of arrival. */
  seen: string[];
  headers: IncomingMessage['headers'][];
  /** Resolves when the tool `slow` was told that nobody waits any more. */
  slowAborted: Promise<void>;
  /** Resolves when the tool `slow` has started. */
  slowStarted: Promise<void>;
  /** Forgets all sessions of the legacy era, like a restart. */
  forget(): void;
  sessions(): number;
  close(): Promise<void>;
}

const FORM = { type: 'object' as const, properties: { name: { type: 'string' as const } }, required: ['name'] };

/** A server of the 2025 era with sessions, on the SDK v1; `announce` has it say in all that its tools changed. */
export async function startLegacyServer(): Promise<TestServer & { announce(): void }> {
  const slow = signals();
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const built: LegacyServer[] = [];
  const build = () => {
    const server = new LegacyServer({ name: 'legacy', version: '1.0.0' }, { capabilities: { logging: {} } });
    built.push(server);
    server.registerTool(
      'echo',
      { inputSchema: { text: z.string() }, annotations: { readOnlyHint: true } },
      async ({ text }) => ({ content: [{ type: 'text', text }] }),
    );
    server.registerTool('slow', { inputSchema: {} }, async (_args, { signal }) => {
      slow.started();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      slow.aborted();
      return { content: [] };
    });
    server.registerTool('ask', { inputSchema: {} }, async () => {
      const answer = await server.server.elicitInput({ message: 'Who are you?', requestedSchema: FORM });
      return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
    });
    server.registerTool('talk', { inputSchema: {} }, async (_args, extra) => {
      const progressToken = extra._meta?.progressToken;
      await extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data: 'working' } });
      if (progressToken !== undefined) {
        const params = { progressToken, progress: 1, total: 2, message: 'half' };
        await extra.sendNotification({ method: 'notifications/progress', params });
      }
      return { content: [{ type: 'text', text: 'done' }] };
    });
    server.registerTool('liar', { inputSchema: {}, outputSchema: { n: z.number() } }, async () => {
      return { content: [{ type: 'text', text: 'no' }], isError: true };
    });
    return server;
  };
  const served = await serve(slow, sessions, async (request, response, body) => {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    if (known) return known.handleRequest(request, response, body);
    if (id !== undefined) return void response.writeHead(404).end();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (created) => void sessions.set(created, transport),
      onsessionclosed: (closed) => void sessions.delete(closed),
    });
    await build().connect(transport);
    await transport.handleRequest(request, response, body);
  });
  return { ...served, announce: () => built.forEach((server) => server.sendToolListChanged()) };
}

/** A server of the 2026 era, without sessions, on the SDK v2. */
export async function startModernServer(): Promise<TestServer> {
  const slow = signals();
  const build = () => {
    const server = new McpServer({ name: 'modern', version: '2.0.0' }, { capabilities: { logging: {} } });
    server.registerTool(
      'echo',
      { inputSchema: z.object({ text: z.string() }), annotations: { readOnlyHint: true } },
      async ({ text }) => ({ content: [{ type: 'text', text }] }),
    );
    server.registerTool('slow', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
      slow.started();
      await new Promise<void>((resolve) => mcpReq.signal.addEventListener('abort', () => resolve()));
      slow.aborted();
      return { content: [] };
    });
    server.registerTool('ask', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
      const answer = mcpReq.inputResponses?.who;
      if (answer === undefined) {
        const who = inputRequired.elicit({ message: 'Who are you?', requestedSchema: FORM });
        return inputRequired({ inputRequests: { who } });
      }
      return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
    });
    server.registerTool('talk', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      await mcpReq.log('info', 'working');
      if (progressToken !== undefined) {
        const params = { progressToken, progress: 1, total: 2, message: 'half' };
        await mcpReq.notify({ method: 'notifications/progress', params });
      }
      return { content: [{ type: 'text', text: 'done' }] };
    });
    return server;
  };
  const handler = toNodeHandler(createMcpHandler(build));
  return serve(slow, new Map(), (request, response, body) => handler(request, response, body));
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: unknown) => unknown;

async function serve(
  slow: ReturnType<typeof signals>,
  sessions: Map<string, StreamableHTTPServerTransport>,
  handle: Handler,
): Promise<TestServer> {
  const seen: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
      const method = (body as { method?: string } | undefined)?.method;
      seen.push([request.method, method].filter(Boolean).join(' '));
      headers.push(request.headers);
      void handle(request, response, body);
    });
  });
  const url = `${await listen(server)}/mcp`;
  return {
    url,
    seen,
    headers,
    slowAborted: slow.whenAborted,
    slowStarted: slow.whenStarted,
    forget: () => sessions.clear(),
    sessions: () => sessions.size,
    close: () => stop(server),
  };
}

/** The reference server of the protocol's authors, in a process of its own. */
export async function startEverything(
  mode: 'streamableHttp' | 'sse',
): Promise<{ url: string; close(): Promise<void> }> {
  const port = await freePort();
  const script = join(process.cwd(), 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');
  const child = spawn(process.execPath, [script, mode], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('server-everything did not start.')));
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes(String(port))) resolve();
    });
  });
  return {
    url: `http://127.0.0.1:${port}/${mode === 'sse' ? 'sse' : 'mcp'}`,
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

export async function listen(server: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function freePort(): Promise<number> {
  const server = createServer();
  const origin = await listen(server);
  await stop(server);
  return Number(new URL(origin).port);
}

function signals() {
  const started = signal();
  const aborted = signal();
  return { whenStarted: started.when, whenAborted: aborted.when, started: started.give, aborted: aborted.give };
}

function signal() {
  let give = () => {};
  const when = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { when, give: () => give() };
}
