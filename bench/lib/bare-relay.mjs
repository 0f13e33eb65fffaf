import fastify from 'fastify';
import { Pool } from 'undici';

/**
 * Bare Fastify that makes the same call of the same upstream for the same request, and answers in the same form: without
 * credentials, rules, limits, log or a look at anything.
 */
const pool = new Pool(process.env.UPSTREAM);
const app = fastify();
let id = 0;
app.post('/', async (request) => {
  const { toolName, parameters } = request.body;
  id += 1;
  const params = { name: toolName, arguments: parameters };
  const { body } = await pool.request({
    path: '/mcp',
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params }),
  });
  const { result } = await body.json();
  return { success: true, data: { result: result.content[0].text }, meta: { requestId: request.id } };
});
const origin = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`Bare ${origin}`);
