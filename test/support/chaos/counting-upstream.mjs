// An MCP server that writes down each call, synced to disk, before it answers: what stands in the file has happened.
//   node counting-upstream.mjs '{"file": "...", "seed": 1, "slowestMs": 60}'   prints {"url": "..."}
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const { file, seed, slowestMs } = JSON.parse(process.argv[2]);
const ledger = openSync(file, 'a');
const inputSchema = {
  type: 'object',
  properties: { id: { type: 'string' }, value: { type: 'integer' }, wait_ms: { type: 'integer', maximum: 60_000 } },
  required: ['id'],
  additionalProperties: false,
};
const tool = (name, annotations) => ({ name, title: name, description: `${name} by id`, inputSchema, annotations });
const tools = [
  tool('read_value', { readOnlyHint: true, openWorldHint: false }),
  tool('put_value', { readOnlyHint: false, idempotentHint: true, destructiveHint: false, openWorldHint: false }),
  tool('write_value', { readOnlyHint: false, idempotentHint: false, destructiveHint: false, openWorldHint: false }),
];

let state = seed >>> 0;
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 4_294_967_296;
}
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Only the first time takes as long as is asked: what is begun again need not be waited for once more.
const begun = new Set();

async function call({ name, arguments: { id, value = 0, wait_ms: waitMs } }) {
  const isFirst = !begun.has(`${name} ${id}`);
  if (waitMs !== undefined) begun.add(`${name} ${id}`);
  const total = isFirst && waitMs !== undefined ? waitMs : random() * slowestMs;
  const before = random() * total;
  await pause(before);
  writeSync(ledger, `${name} ${id}\n`);
  fdatasyncSync(ledger);
  await pause(total - before);
  const structuredContent = { id, value: value + 1 };
  return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
}

const http = createServer((request, response) => {
  const server = new Server({ name: 'counting', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => call(params));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  response.on('close', () => void server.close());
  void server.connect(transport).then(() => transport.handleRequest(request, response));
});
http.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${http.address().port}/mcp` }));
});
// Whoever started it is gone.
process.stdin.on('end', () => process.exit()).resume();
