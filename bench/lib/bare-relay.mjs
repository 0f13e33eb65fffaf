import fastify from 'fastify';
import { Pool } from 'undici';

/** Bare Fastify that hands a body on to an upstream and its answer back: no rules, no log, nothing looked at. */
const pool = new Pool(process.env.UPSTREAM);
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post('/', async (request, reply) => {
  const { statusCode, headers, body } = await pool.request({
    path: '/mcp',
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: request.body,
  });
  const bytes = Buffer.from(await body.arrayBuffer());
  return reply.code(statusCode).header('content-type', headers['content-type']).send(bytes);
});
const origin = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`Bare ${origin}`);
