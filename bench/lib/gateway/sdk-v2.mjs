import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';

/** What the official SDK, version 2, makes of a gateway for both eras: its server before its client, and nothing else. */
const client = new Client({ name: 'pass', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(`${process.env.UPSTREAM}/s0/mcp`)));
const sessions = new Map();

function makeServer() {
  const server = new Server({ name: 'pass', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', ({ params }) => client.listTools(params));
  server.setRequestHandler('tools/call', ({ params }) => client.callTool(params));
  return server;
}
const modern = toNodeHandler(createMcpHandler(makeServer, { legacy: 'reject' }));

async function open() {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => sessions.set(id, transport),
  });
  await makeServer().connect(transport);
  return transport;
}

const http = createServer(async (request, response) => {
  if (request.headers['mcp-protocol-version'] === '2026-07-28') return modern(request, response);
  const transport = sessions.get(request.headers['mcp-session-id']) ?? (await open());
  return transport.handleRequest(request, response);
});
http.keepAliveTimeout = 60_000;
http.listen(0, '127.0.0.1', () => console.log(`Bare http://127.0.0.1:${http.address().port}`));
