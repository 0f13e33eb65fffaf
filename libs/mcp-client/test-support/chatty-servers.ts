import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { McpServer as LegacyServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import {
  CreateMessageResultSchema,
  ElicitResultSchema,
  ListRootsResultSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { completable as legacyCompletable } from '@modelcontextprotocol/sdk/server/completable.js';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { completable, createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { listen, stop } from './servers.js';

export interface ChattyServer {
  url: string;
  /** URIs, as they were subscribed (+) and unsubscribed (-). */
  watched: string[];
  sessions(): number;
  /** Forgets all sessions, like a restart. */
  forget(): void;
  /** Closes all connections, like a restart. */
  breakOff(): void;
  /** Says to all that a resource changed. */
  update(uri: string): void;
  close(): Promise<void>;
}

export const FORM = {
  type: 'object' as const,
  properties: { name: { type: 'string' as const, title: 'Name', default: 'Ada' } },
  required: ['name'],
};
export const FORM_QUESTION = { message: 'Who are you?', requestedSchema: FORM };
export const URL_QUESTION = { mode: 'url', message: 'Sign in.', url: 'https://example.test/in', elicitationId: 'e1' };
const SAMPLING = {
  messages: [{ role: 'user' as const, content: { type: 'text' as const, text: 'Hi' } }],
  maxTokens: 9,
};
const LEVELS = ['debug', 'info', 'error'] as const;
const said = (value: unknown) => ({ content: [{ type: 'text' as const, text: JSON.stringify(value) }] });
const NOTE = { contents: [{ uri: 'note://one', text: 'one', mimeType: 'text/plain' }] };
const promptOf = (name: string) => ({
  messages: [{ role: 'user' as const, content: { type: 'text' as const, text: name } }],
});
const namesLike = (begin: string) => ['ada', 'alan', 'grace'].filter((name) => name.startsWith(begin));

function buildLegacy(watched: string[]): LegacyServer {
  const mcp = new LegacyServer(
    { name: 'chatty', version: '1' },
    { capabilities: { logging: {}, resources: { subscribe: true } } },
  );
  const { server } = mcp;
  mcp.registerTool('form', {}, async ({ sendRequest, signal }) =>
    said(await sendRequest({ method: 'elicitation/create', params: FORM_QUESTION }, ElicitResultSchema, { signal })),
  );
  mcp.registerTool('url', {}, async ({ sendRequest }) =>
    said(
      await sendRequest({ method: 'elicitation/create', params: { ...URL_QUESTION, mode: 'url' } }, ElicitResultSchema),
    ),
  );
  mcp.registerTool('beside', {}, async () => said(await server.elicitInput(FORM_QUESTION)));
  mcp.registerTool('sample', {}, async ({ sendRequest }) =>
    said(await sendRequest({ method: 'sampling/createMessage', params: SAMPLING }, CreateMessageResultSchema)),
  );
  mcp.registerTool('roots', {}, async ({ sendRequest }) =>
    said(await sendRequest({ method: 'roots/list' }, ListRootsResultSchema)),
  );
  mcp.registerTool('talk', {}, async ({ _meta, sendNotification, sessionId }) => {
    for (const level of LEVELS) await mcp.sendLoggingMessage({ level, data: level }, sessionId);
    for (const level of LEVELS)
      await sendNotification({ method: 'notifications/message', params: { level, data: level } });
    const progressToken = _meta?.progressToken;
    const params = { progressToken: progressToken ?? 0, progress: 1, total: 2, message: 'half', more: [1] };
    if (progressToken !== undefined) await sendNotification({ method: 'notifications/progress', params });
    return said('done');
  });
  mcp.registerTool('fail', {}, () => ({ ...said('no'), isError: true }));
  mcp.registerResource('one', 'note://one', {}, () => NOTE);
  const argsSchema = { name: legacyCompletable(z.string(), namesLike) };
  mcp.registerPrompt('greet', { argsSchema }, ({ name }) => promptOf(name));
  const watch = (line: string) => {
    watched.push(line);
    return {};
  };
  server.setRequestHandler(SubscribeRequestSchema, ({ params }) => watch(`+${params.uri}`));
  server.setRequestHandler(UnsubscribeRequestSchema, ({ params }) => watch(`-${params.uri}`));
  return mcp;
}

/** A server of the 2025 era, over Streamable HTTP with sessions or over HTTP+SSE, which asks and says all that there is. */
export async function startChattyLegacy(mode: 'streamable_http' | 'sse'): Promise<ChattyServer> {
  const watched: string[] = [];
  const built: LegacyServer[] = [];
  const sessions = new Map<string, StreamableHTTPServerTransport | SSEServerTransport>();
  const build = () => {
    const mcp = buildLegacy(watched);
    built.push(mcp);
    return mcp;
  };
  const openSse = async (response: ServerResponse) => {
    const transport = new SSEServerTransport('/messages', response);
    sessions.set(transport.sessionId, transport);
    response.on('close', () => sessions.delete(transport.sessionId));
    await build().connect(transport);
  };
  const openStreamable = async () => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await build().connect(transport);
    return transport;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { searchParams } = new URL(request.url ?? '', 'http://x');
    const id = searchParams.get('sessionId') ?? request.headers['mcp-session-id'];
    const known = sessions.get(String(id));
    if (known instanceof SSEServerTransport) return known.handlePostMessage(request, response);
    if (mode === 'sse') {
      return request.method === 'GET' ? openSse(response) : void response.writeHead(id ? 404 : 405).end();
    }
    if (!known && id) return void response.writeHead(404).end();
    await (known ?? (await openStreamable())).handleRequest(request, response);
  };
  const http = createServer((request, response) => void handle(request, response));
  return {
    url: `${await listen(http)}/mcp`,
    watched,
    sessions: () => sessions.size,
    forget: () => sessions.clear(),
    breakOff: () => http.closeAllConnections(),
    update: (uri) => {
      for (const { server } of built) void server.sendResourceUpdated({ uri }).catch(() => undefined);
    },
    close: async () => {
      // What is still asked has timers of its own.
      await Promise.all(built.map((mcp) => mcp.close()));
      await stop(http);
    },
  };
}

function buildModern(): McpServer {
  const mcp = new McpServer({ name: 'chatty', version: '2' }, { capabilities: { logging: {} } });
  const asks = (name: string, ask: Parameters<typeof inputRequired>[0]) =>
    mcp.registerTool(name, { inputSchema: z.object({}) }, (_args, { mcpReq }) => {
      const answer = mcpReq.inputResponses?.it;
      return answer === undefined ? inputRequired(ask) : said(answer);
    });
  asks('form', { inputRequests: { it: inputRequired.elicit(FORM_QUESTION) } });
  asks('url', { inputRequests: { it: inputRequired.elicitUrl({ message: 'Sign in.', url: URL_QUESTION.url }) } });
  asks('sample', { inputRequests: { it: inputRequired.createMessage(SAMPLING) } });
  asks('roots', { inputRequests: { it: inputRequired.listRoots() } });
  mcp.registerTool('talk', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
    for (const level of LEVELS) await mcpReq.log(level, level);
    const progressToken = mcpReq._meta?.progressToken;
    const params = { progressToken: progressToken ?? 0, progress: 1, total: 2, message: 'half', more: [1] };
    if (progressToken !== undefined) await mcpReq.notify({ method: 'notifications/progress', params });
    return said('done');
  });
  mcp.registerTool('fail', { inputSchema: z.object({}) }, () => ({ ...said('no'), isError: true }));
  mcp.registerResource('one', 'note://one', {}, () => NOTE);
  const argsSchema = z.object({ name: completable(z.string(), namesLike) });
  mcp.registerPrompt('greet', { argsSchema }, ({ name }) => promptOf(name));
  return mcp;
}

/** The same of the 2026 era. */
export async function startChattyModern(): Promise<Pick<ChattyServer, 'url' | 'close'>> {
  const handler = toNodeHandler(createMcpHandler(buildModern));
  const http = createServer((request, response) => void handler(request, response));
  return { url: `${await listen(http)}/mcp`, close: () => stop(http) };
}
