import { createServer, type IncomingHttpHeaders } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { listenHere, stopListening } from '../listening.js';
import { createScriptedServer } from './scripted-server.js';
import { UpstreamMemory } from './upstream-memory.js';

/** A real MCP server (2026-07-28, streamable HTTP) whose tools count, wait, break and change on demand. */
export interface ScriptedUpstream {
  url: string;
  memory: UpstreamMemory;
  /** The headers of the last request. */
  lastHeaders: () => IncomingHttpHeaders;
  /** Breaks every open connection, without an answer. */
  breakConnections: () => void;
  /** Ends as a process that dies: open connections break, new ones are refused. */
  die: () => Promise<void>;
  /** Comes back where it was. */
  revive: () => Promise<void>;
  close: () => Promise<void>;
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const memory = new UpstreamMemory();
  const handler = createMcpHandler(() => createScriptedServer(memory), { legacy: 'reject' });
  const answer = toNodeHandler(handler);
  let headers: IncomingHttpHeaders = {};
  const http = createServer((request, response) => {
    headers = request.headers;
    Promise.resolve(answer(request, response)).catch(() => response.destroy());
  });
  http.keepAliveTimeout = 60_000;
  const origin = await listenHere(http);
  const die = () => stopListening(http);
  return {
    url: `${origin}/mcp`,
    memory,
    lastHeaders: () => headers,
    breakConnections: () => http.closeAllConnections(),
    die,
    revive: async () => void (await listenHere(http, Number(new URL(origin).port))),
    close: async () => {
      memory.release();
      await Promise.all([die(), handler.close()]);
    },
  };
}
