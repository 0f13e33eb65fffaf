import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, stop } from './servers.js';

export type Step = 'initialize' | 'tools/list' | 'tools/call';

/** What a server does instead of an answer. */
export type Breaks = (request: IncomingMessage, response: ServerResponse, id: unknown) => void;

export interface BreakingServer {
  url: string;
  /** Sockets that are open at this end. */
  sockets(): number;
  /** Requests that were neither answered nor given up. */
  open(): number;
  /** Sessions that nobody ended. */
  sessions(): number;
  /** Sessions ever begun. */
  begun(): number;
  close(): Promise<void>;
}

const tools = [{ name: 'echo', inputSchema: { type: 'object' } }];

/** A server of the 2025 era, with sessions and one tool that echoes, which breaks at one step; at none without `breaks`. */
export async function startBreakingServer(step?: Step, breaks?: Breaks): Promise<BreakingServer> {
  const sessions = new Set<string>();
  const [sockets, open] = [new Set<unknown>(), new Set<unknown>()];
  let begun = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer(request, response, body));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    if (request.method === 'DELETE') sessions.delete(String(request.headers['mcp-session-id']));
    if (request.method !== 'POST') return void response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
    const message = JSON.parse(body) as { id?: unknown; method: string; params: { arguments?: { text?: string } } };
    const { id, method, params } = message;
    if (id === undefined) return void response.writeHead(202).end();
    open.add(response);
    response.on('close', () => open.delete(response));
    if (breaks && method === step) return breaks(request, response, id);
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (method === 'initialize') {
      headers['mcp-session-id'] = `session-${++begun}`;
      sessions.add(headers['mcp-session-id']);
    }
    response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: '2.0', id, ...outcomeOf(method, params) }));
  }

  return {
    url: `${await listen(server)}/mcp`,
    sockets: () => sockets.size,
    open: () => open.size,
    sessions: () => sessions.size,
    begun: () => begun,
    close: () => stop(server),
  };
}

function outcomeOf(method: string, params: { arguments?: { text?: string } }): object {
  if (method === 'initialize') {
    const serverInfo = { name: 'breaking', version: '1' };
    return { result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo } };
  }
  if (method === 'ping') return { result: {} };
  if (method === 'tools/list') return { result: { tools } };
  if (method === 'tools/call') return { result: { content: [{ type: 'text', text: params.arguments?.text ?? '' }] } };
  return { error: { code: -32601, message: 'Method not found' } };
}

const page = (response: ServerResponse, status: number, body: string, type = 'application/json') =>
  void response.writeHead(status, { 'content-type': type }).end(body);

const result = (id: unknown, value: unknown) => JSON.stringify({ jsonrpc: '2.0', id, result: value });

const status = (code: number): Breaks => {
  return (_request, response) => page(response, code, '<html>inner page</html>', 'text/html');
};
const redirect = (location: string): Breaks => {
  return (_request, response) => void response.writeHead(307, { location }).end();
};

/** The ways to break, with what a client must make of each. */
export const BREAKS: readonly (readonly [what: string, code: string, breaks: Breaks])[] = [
  ['hangs before the head', 'UPSTREAM_TIMEOUT', () => undefined],
  [
    'hangs after the head',
    'UPSTREAM_TIMEOUT',
    (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
  ],
  [
    'drips',
    'UPSTREAM_TIMEOUT',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(timer));
    },
  ],
  [
    'is silent on a stream',
    'UPSTREAM_TIMEOUT',
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': wait\n\n'),
  ],
  [
    'closes half-way',
    'UPSTREAM_UNREACHABLE',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }).write('{"jsonrpc"');
      setImmediate(() => response.destroy());
    },
  ],
  ['closes its half of the connection', 'UPSTREAM_UNREACHABLE', ({ socket }) => void socket.end()],
  ['resets the connection', 'UPSTREAM_UNREACHABLE', ({ socket }) => void socket.resetAndDestroy()],
  ['answers garbage', 'UPSTREAM_PROTOCOL', ({ socket }) => void socket.end('\x00\x01garbage\r\n\r\n')],
  ['answers a page', 'UPSTREAM_PROTOCOL', status(200)],
  ['answers broken JSON', 'UPSTREAM_PROTOCOL', (_request, response) => page(response, 200, '{"jsonrpc":')],
  ['answers 401', 'UPSTREAM_AUTH', status(401)],
  ['answers 403', 'UPSTREAM_AUTH', status(403)],
  ['answers 429', 'UPSTREAM_ERROR', status(429)],
  ['answers 500', 'UPSTREAM_ERROR', status(500)],
  ['answers 503', 'UPSTREAM_ERROR', status(503)],
  ['redirects to the metadata of a cloud', 'UPSTREAM_REFUSED', redirect('http://169.254.169.254/latest/meta-data')],
  ['redirects to another origin', 'UPSTREAM_REFUSED', redirect('https://elsewhere.test/mcp')],
  ['redirects in a circle', 'UPSTREAM_REFUSED', redirect('/mcp')],
  [
    'answers 100 MB',
    'UPSTREAM_PROTOCOL',
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      let left = 100;
      const more = () => {
        while (left-- > 0 && !response.destroyed) if (!response.write(chunk)) return void response.once('drain', more);
        response.end();
      };
      more();
    },
  ],
];

/** Of answers that are JSON-RPC, but not to this question; a handshake leaves these to the SDK. */
export const WRONG_ANSWERS: typeof BREAKS = [
  ['answers another id', 'UPSTREAM_PROTOCOL', (_request, response) => page(response, 200, result('another', {}))],
  [
    'answers with a wrong schema',
    'UPSTREAM_PROTOCOL',
    (_request, response, id) => page(response, 200, result(id, 'x')),
  ],
  [
    'answers with lists that are none',
    'UPSTREAM_PROTOCOL',
    (_request, response, id) => page(response, 200, result(id, { tools: 'none', content: 'none' })),
  ],
];
