import { createServer, type IncomingHttpHeaders } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';
import { listenHere, stopListening } from '../../support/listening.js';

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
  const origin = await listenHere(http);
  return Object.assign(upstream, {
    url: `${origin}/mcp`,
    holdListing: () =>
      new Promise<() => void>((resolve) => {
        onListing = resolve;
      }),
    hang: () => {
      hanging = true;
    },
    close: () => stopListening(http),
    reopen: async () => void (await listenHere(http, Number(new URL(origin).port))),
  });
}
