import { createServer } from 'node:http';

/** An MCP server of the 2025 era in as few instructions as possible: a handshake, a list of ten tools, an echo. */
const tools = Array.from({ length: 10 }, (_, index) => ({
  name: index === 0 ? 'echo' : `tool-${index}`,
  description: 'Says again what it was told. '.repeat(4),
  inputSchema: {
    type: 'object',
    properties: { message: { type: 'string', description: 'What to say.' } },
    required: ['message'],
  },
}));
const answers = {
  initialize: () => ({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'bare', version: '1' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools }),
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
    const outcome = answer ? { result: answer(params) } : { error: { code: -32601, message: 'Method not found' } };
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
