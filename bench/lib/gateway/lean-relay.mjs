import { createHash, randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs';
import { createServer } from 'node:http';
import { Pool } from 'undici';

/**
 * The least that can be called a gateway, and the measure of ours: it checks a token and a session, reads the JSON-RPC,
 * routes `prefix__tool`, rewrites the name, relays the bytes of the answer and keeps a record of the call. It has no
 * progress, questions, cancellation, deadlines, limits or rules.
 */
const SERVERS = 10;
const RECORDS_EACH_MS = 500;
const MODERN = '2026-07-28';

const pool = new Pool(process.env.UPSTREAM);
const tokens = new Map([[hashOf(process.env.TOKEN), { principal: 'bench' }]]);
const sessions = new Map();
let records = [];

function hashOf(token) {
  return createHash('sha256').update(token).digest('base64');
}

setInterval(() => {
  if (records.length === 0) return;
  appendFile(process.env.AUDIT, `${records.map((record) => JSON.stringify(record)).join('\n')}\n`, () => undefined);
  records = [];
}, RECORDS_EACH_MS);

const ask = async (path, text) => {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const { body } = await pool.request({ path, method: 'POST', headers, body: text });
  return Buffer.from(await body.arrayBuffer());
};

/** All lists as the bytes of one, made once. */
const tools = [];
for (let server = 0; server < SERVERS; server += 1) {
  const answer = await ask(`/s${server}/mcp`, '{"jsonrpc":"2.0","id":0,"method":"tools/list"}');
  for (const tool of JSON.parse(answer).result.tools) tools.push({ ...tool, name: `bench-${server}__${tool.name}` });
}
const hints = ',"resultType":"complete","ttlMs":0,"cacheScope":"private"';
const listed = Buffer.from(`"result":{"tools":${JSON.stringify(tools)}`);

function say(response, bytes, headers) {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers });
  response.end(bytes);
}

async function answer(request, response, body) {
  const token = request.headers.authorization?.slice(7) ?? '';
  const who = tokens.get(hashOf(token));
  if (!who) return response.writeHead(401).end();
  const { id, method, params } = JSON.parse(body);
  const isModern = request.headers['mcp-protocol-version'] === MODERN;
  if (isModern) {
    const named = request.headers['mcp-name'];
    if (request.headers['mcp-method'] !== method || (named ?? params?.name) !== params?.name) {
      return response.writeHead(400).end();
    }
  } else if (method === 'initialize') {
    const session = randomUUID();
    sessions.set(session, { who, since: Date.now() });
    const result = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'lean', version: '1' },
    };
    return say(response, Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, result })), { 'mcp-session-id': session });
  } else if (!sessions.has(request.headers['mcp-session-id'])) {
    return response.writeHead(404).end();
  }
  if (id === undefined) return response.writeHead(202).end();
  if (method === 'tools/list') {
    const head = Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},`);
    return say(response, Buffer.concat([head, listed, Buffer.from(isModern ? `${hints}}}` : '}}')]));
  }
  const started = performance.now();
  const at = params.name.indexOf('__');
  const server = params.name.slice(6, at);
  const onward = { jsonrpc: '2.0', id, method, params: { ...params, name: params.name.slice(at + 2) } };
  const bytes = await ask(`/s${server}/mcp`, JSON.stringify(onward));
  records.push({ who: who.principal, tool: params.name, ms: performance.now() - started, bytes: bytes.length });
  say(response, bytes);
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    answer(request, response, Buffer.concat(chunks).toString()).catch(() => response.destroy());
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`Bare http://127.0.0.1:${server.address().port}`));
