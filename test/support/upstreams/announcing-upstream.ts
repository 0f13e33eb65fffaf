import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { listenHere, stopListening } from '../listening.js';

export interface AnnouncingUpstream {
  url: string;
  /** Gives its tool another description, and says in every session that the list changed. */
  describe: (description: string) => void;
  close: () => Promise<void>;
}

/** A server of the 2025 era with sessions (streamable HTTP, on the SDK v1) and one tool, `greet`. */
export async function startAnnouncingUpstream(): Promise<AnnouncingUpstream> {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  const tools: { update: (to: { description: string }) => void }[] = [];
  let described = 'Greets.';
  const open = async () => {
    const server = new McpServer({ name: 'announcing', version: '1.0.0' });
    tools.push(server.registerTool('greet', { description: described }, () => ({ content: [] })));
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    await server.connect(transport);
    return transport;
  };
  const http = createServer((request, response) => {
    const known = transports.get(String(request.headers['mcp-session-id']));
    void (known ? Promise.resolve(known) : open()).then((transport) => transport.handleRequest(request, response));
  });
  const origin = await listenHere(http);
  return {
    url: `${origin}/mcp`,
    describe: (description) => {
      described = description;
      for (const tool of tools) tool.update({ description });
    },
    close: () => stopListening(http),
  };
}
