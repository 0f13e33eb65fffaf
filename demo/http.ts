import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node';
import { createMcpHandler, isJsonContentType, isLegacyRequest } from '@modelcontextprotocol/server';
import { createDemo, type Demo } from './demo.js';
import { LegacySessions, type LegacySessionLimits } from './legacy-sessions.js';
import { refuse } from './refuse.js';
import { createDemoServer } from './server.js';

const MOST_BODY_BYTES = 4 * 1024 * 1024;
const PORTS_TRIED = 51;

export interface DemoHttp {
  url: string;
  demo: Demo;
  sessions: LegacySessions;
  close(): Promise<void>;
}

/**
 * Serves both protocol eras at `/mcp` on 127.0.0.1: 2026-07-28 without sessions, older ones with them.
 * Takes `port` or one of the 50 after it; 0 is any free one.
 * @throws Error when all of them are taken
 */
export async function startDemoHttp(options: {
  port: number;
  demo?: Demo;
  sessionLimits?: LegacySessionLimits;
}): Promise<DemoHttp> {
  const demo = options.demo ?? createDemo();
  const modern = createMcpHandler(() => createDemoServer(demo), { legacy: 'reject' });
  const answerModern = toNodeHandler(modern);
  const sessions = new LegacySessions(() => createDemoServer(demo), options.sessionLimits);
  const isLocalHost = localhostHostValidation();
  const isLocalOrigin = localhostOriginValidation();

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLocalHost(request, response) || !isLocalOrigin(request, response)) return;
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path !== '/mcp') return refuse(response, 404, -32601, 'Not found');
    if (request.method !== 'POST') return sessions.handle(request, response, undefined);
    if (!isJsonContentType(request.headers['content-type'])) {
      return refuse(response, 415, -32000, 'Content-Type must be application/json');
    }
    const text = await readBody(request);
    if (text === undefined) {
      response.setHeader('connection', 'close');
      return refuse(response, 413, -32000, 'Body too large');
    }
    const body = parseJson(text);
    if (body === undefined) return refuse(response, 400, -32700, 'Body is not JSON');
    const probe = await toWebRequest(request, body);
    if (await isLegacyRequest(probe, body)) return sessions.handle(request, response, body);
    await answerModern(request, response, body);
  }

  const server = createServer((request, response) => {
    route(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, -32603, 'Internal error');
    });
  });
  const port = await listen(server, options.port);

  return {
    url: `http://127.0.0.1:${port}/mcp`,
    demo,
    sessions,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([sessions.close(), modern.close()]);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, wanted: number): Promise<number> {
  for (let attempt = 0; attempt < PORTS_TRIED; attempt += 1) {
    const port = wanted === 0 ? 0 : wanted + attempt;
    const error = await tryListen(server, port);
    if (error === undefined) break;
    if (error.code !== 'EADDRINUSE') throw error;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error(`Ports ${wanted} to ${wanted + PORTS_TRIED - 1} of 127.0.0.1 are all taken.`);
  }
  return address.port;
}

function tryListen(server: Server, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const settle = (error?: NodeJS.ErrnoException) => {
      server.removeAllListeners('error').removeAllListeners('listening');
      resolve(error);
    };
    server.once('error', settle).once('listening', () => settle());
    server.listen(port, '127.0.0.1');
  });
}

/** @returns undefined when the body is over the limit */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop early must not cut the socket: the refusal still has to reach the client.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
