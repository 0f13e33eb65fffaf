import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { isInitializeRequest, type McpServer } from '@modelcontextprotocol/server';
import { refuse } from './refuse.js';

export interface LegacySessionLimits {
  most: number;
  idleMs: number;
}

interface Session {
  transport: NodeStreamableHTTPServerTransport;
  openRequests: number;
  lastUsed: number;
}

/** Sessions of 2025-era clients. Bounded; one that is idle leaves when it is old or when room is needed. */
export class LegacySessions {
  private readonly sessions = new Map<string, Session>();
  private readonly sweeper: NodeJS.Timeout;

  constructor(
    private readonly createServer: () => McpServer,
    private readonly limits: LegacySessionLimits = { most: 200, idleMs: 10 * 60_000 },
  ) {
    this.sweeper = setInterval(() => this.dropIdle(), Math.max(1000, limits.idleMs / 10)).unref();
  }

  get count(): number {
    return this.sessions.size;
  }

  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const id = request.headers['mcp-session-id'];
    if (id === undefined) return this.open(request, response, body);
    const session = typeof id === 'string' ? this.sessions.get(id) : undefined;
    if (!session) return refuse(response, 404, -32001, 'Session not found');
    await this.serve(session, request, response, body);
  }

  async close(): Promise<void> {
    clearInterval(this.sweeper);
    await Promise.all([...this.sessions.keys()].map((id) => this.drop(id)));
  }

  private async open(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    if (!isInitializeRequest(body)) return refuse(response, 400, -32000, 'Mcp-Session-Id is missing');
    if (!this.hasRoom()) return refuse(response, 503, -32000, 'Too many sessions');
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void this.sessions.set(id, session),
      onsessionclosed: (id) => void this.sessions.delete(id),
    });
    const session: Session = { transport, openRequests: 0, lastUsed: Date.now() };
    const server = this.createServer();
    await server.connect(transport);
    await this.serve(session, request, response, body);
    if (transport.sessionId === undefined) await server.close();
  }

  private async serve(session: Session, request: IncomingMessage, response: ServerResponse, body: unknown) {
    session.openRequests += 1;
    response.once('close', () => {
      session.openRequests -= 1;
      session.lastUsed = Date.now();
    });
    await session.transport.handleRequest(request, response, body);
  }

  private hasRoom(): boolean {
    if (this.sessions.size < this.limits.most) return true;
    const [oldest] = this.idle().sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
    if (!oldest) return false;
    void this.drop(oldest[0]);
    return true;
  }

  private dropIdle(): void {
    const limit = Date.now() - this.limits.idleMs;
    for (const [id, session] of this.idle()) if (session.lastUsed < limit) void this.drop(id);
  }

  private idle(): [string, Session][] {
    return [...this.sessions].filter(([, session]) => session.openRequests === 0);
  }

  private async drop(id: string): Promise<void> {
    const session = this.sessions.get(id);
    this.sessions.delete(id);
    await session?.transport.close();
  }
}
