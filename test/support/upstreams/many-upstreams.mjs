import { createServer } from 'node:http';

/** Many small MCP servers of the 2025 era in one process, at `/<number>/mcp`; some may be told to answer no more. */
const hanging = new Set();
const held = new Set();

const tools = [
  {
    name: 'echo',
    description: 'Says again what it was told.',
    inputSchema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
  },
];
const answers = {
  initialize: () => ({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'one of many', version: '1' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools }),
  'tools/call': ({ arguments: { message } }) => ({ content: [{ type: 'text', text: message }] }),
};

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') return response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (hanging.has(Number(request.url.split('/')[1]))) {
    held.add(response);
    response.on('close', () => held.delete(response));
    return;
  }
  const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString());
  if (id === undefined) return response.writeHead(202).end();
  const answer = answers[method];
  const outcome = answer ? { result: answer(params) } : { error: { code: -32601, message: 'Method not found' } };
  const text = JSON.stringify({ jsonrpc: '2.0', id, ...outcome });
  const session = method === 'initialize' ? { 'mcp-session-id': 'one' } : {};
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...session,
  });
  response.end(text);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ origin: `http://127.0.0.1:${server.address().port}` }));

process.on('message', ({ hang, goOn }) => {
  for (const index of hang ?? []) hanging.add(index);
  if (goOn) {
    hanging.clear();
    for (const response of held) response.destroy();
  }
  process.send({ held: held.size });
});
process.once('disconnect', () => process.exit());
