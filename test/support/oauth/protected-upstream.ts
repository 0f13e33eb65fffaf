import { createServer, type ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type McpServer } from '@modelcontextprotocol/server';
import { listenHere, stopListening } from '../listening.js';
import { createScriptedServer } from '../upstreams/scripted-server.js';
import { UpstreamMemory } from '../upstreams/upstream-memory.js';
import type { ScriptedAuthorizationServer } from './scripted-authorization-server.js';

/** A real MCP server that lets nobody in without a token of its authorization server, made for it. */
export interface ProtectedUpstream {
  url: string;
  memory: UpstreamMemory;
  /** Merged over its resource metadata. */
  metadata: Record<string, unknown>;
  /** What its challenges ask for. */
  scope: string | undefined;
  /** Asked for by calls of tools, beside. */
  callScope: string | undefined;
  /** What came as Authorization, in order, without repetitions. */
  tokens: () => string[];
  close: () => Promise<void>;
}

type Authority = Pick<ScriptedAuthorizationServer, 'issuer' | 'accepts'>;

export async function startProtectedUpstream(server: Authority): Promise<ProtectedUpstream> {
  const memory = new UpstreamMemory();
  const handler = createMcpHandler(() => withPrompt(createScriptedServer(memory)), { legacy: 'reject' });
  const answer = toNodeHandler(handler);
  const tokens = new Set<string>();
  const http = createServer((request, response) => {
    if (request.url === '/.well-known/oauth-protected-resource/mcp') return tellMetadata(response);
    if (request.url !== '/mcp') return void response.writeHead(404).end();
    const { authorization } = request.headers;
    if (authorization) tokens.add(authorization);
    const isCall = request.headers['mcp-method'] === 'tools/call';
    const scope = isCall ? upstream.callScope : undefined;
    const accepted = server.accepts(authorization?.replace(/^Bearer /, ''), upstream.url, scope);
    if (accepted !== 'yes') return challenge(response, accepted, scope);
    return void Promise.resolve(answer(request, response)).catch(() => response.destroy());
  });
  const origin = await listenHere(http);
  const upstream: ProtectedUpstream = {
    url: `${origin}/mcp`,
    memory,
    metadata: {},
    scope: 'tools:read',
    callScope: undefined,
    tokens: () => [...tokens],
    close: async () => {
      memory.release();
      await Promise.all([stopListening(http), handler.close()]);
    },
  };
  const tellMetadata = (response: ServerResponse) => {
    const document = { resource: upstream.url, authorization_servers: [server.issuer], ...upstream.metadata };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  };
  const challenge = (response: ServerResponse, accepted: 'no' | 'scope', scope: string | undefined) => {
    const metadata = `resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
    const wanted = scope ?? upstream.scope;
    const asked = wanted === undefined ? '' : `, scope="${wanted}"`;
    const error = accepted === 'scope' ? ', error="insufficient_scope"' : '';
    const status = accepted === 'scope' ? 403 : 401;
    response.writeHead(status, { 'www-authenticate': `Bearer ${metadata}${asked}${error}` }).end();
  };
  return upstream;
}

function withPrompt(server: McpServer): McpServer {
  server.registerPrompt('greet', { description: 'Says hello.' }, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'Hello.' } }],
  }));
  return server;
}
