import { createSecretKey, randomBytes } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import fastify from 'fastify';

/** Bare Fastify with the same check of a token, and nothing else: no log, no limits, no rules, no database. */
const jwt = new JwtService({ secretOrKeyProvider: () => key });
const key = createSecretKey(randomBytes(32));
const SIGNED = { algorithm: 'HS256', issuer: 'switchyard', audience: 'switchyard:api', keyid: '0123456789ab' };
const CHECKED = { algorithms: ['HS256'], issuer: SIGNED.issuer, audience: SIGNED.audience, complete: true };
let answer = {};

const app = fastify();
app.get('/api/v1/user/profile', (request, reply) => {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Bearer') return reply.code(401).send({ error: 'unauthenticated' });
  try {
    jwt.verify(token, CHECKED);
  } catch {
    return reply.code(401).send({ error: 'unauthenticated' });
  }
  return reply.send(answer);
});
const origin = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`Bare ${origin}`);

/** The claims of our token, to be signed here; the body of our answer. */
process.on('message', ({ claims, body }) => {
  if (!claims) return;
  answer = body;
  process.send({ token: jwt.sign(claims, { algorithm: SIGNED.algorithm, keyid: SIGNED.keyid }) });
});
