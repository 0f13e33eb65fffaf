import { createServer } from 'node:http';

/** Ten MCP servers of the 2025 era in one process, at `/s0/mcp` to `/s9/mcp`, with fifty tools each, of which one is an echo. */
const SERVERS = 10;
const TOOLS = 50;

const toolsOf = (server) =>
  Array.from({ length: TOOLS }, (_, index) => ({
    name: index === 0 ? 'echo' : `tool_${server}_${index}`,
    description: 'Says again what it was told. '.repeat(4),
    inputSchema: {
      type: 'object',
      properties: { message: { type: 'string', description: 'What to say.' } },
      required: ['message'],
    },
  }));
const lists = Array.from({ length: SERVERS }, (_, index) => toolsOf(index));

const initialized = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'bare', version: '1' },
};
const answers = {
  initialize: () => initialized,
  ping: () => ({}),
  'tools/list': (_params, server) => ({ tools: lists[server] }),
  'tools/call': ({ arguments: { message } }) => ({ content: [{ type: 'text', text: message }] }),
};

const server = createServer((request, response) => {
  if (request.method !== 'POST') return response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const { id, method, params } = JSON.parse(body);
    if (id === undefined) return response.writeHead(202).end();
    const answer = answers[method];
    const at = Number(request.url[2]);
    const outcome = answer ? { result: answer(params, at) } : { error: { code: -32601, message: 'Method not found' } };
    const text = JSON.stringify({ jsonrpc: '2.0', id, ...outcome });
    const session = method === 'initialize' ? { 'mcp-session-id': 'bench' } : {};
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...session,
    });
    response.end(text);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`Bare http://127.0.0.1:${server.address().port}`));
