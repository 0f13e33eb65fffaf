import { createServer } from 'node:http';
import { makeKey } from '../support/api-keys.js';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { ModernProgram } from '../support/gateway/modern-program.js';
import { wordsOf } from '../support/gateway/said.js';
import { listenHere, stopListening } from '../support/listening.js';
import { type ListingUpstream, startListingUpstream } from '../support/upstreams/listing-upstream.js';

let app: TestApp;
let owner: Person;
let headers: Record<string, string>;
let upstream: ListingUpstream;
const asked: string[] = [];
/** Takes requests, and says nothing to any. */
const silent = createServer(({ url = '' }) => void asked.push(url));

beforeAll(async () => {
  app = await startTestApp();
  upstream = await startListingUpstream([{ name: 'sum', inputSchema: { type: 'object' } }]);
  owner = await app.signIn();
  headers = (await makeKey(owner)).headers;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await Promise.all([upstream.close(), stopListening(silent)]);
});

const at = (path: string) => new ModernProgram({ url: `${app.url}${path}`, headers });
const register = async (name: string, url: string) => {
  const server = { name, url, auth_method: 'none', approval_policy: 'auto_approve' };
  expect((await owner.call('POST', '/servers', server)).status).toBe(201);
};

test('a program that registers a server has its tools at once', async () => {
  await at('/mcp').tools();
  await register('Sums', upstream.url);
  expect(await at('/mcp').tools()).toContain('sums__sum');
  await register('More sums', upstream.url);
  expect(wordsOf(await at('/mcp').call('more-sums__sum', {}))).toBeDefined();
});

test('one that says nothing does not hold up the others, though somebody waits for it', async () => {
  await register('Silent', await listenHere(silent));
  const gone = new AbortController();
  const waiting = at('/mcp/s/silent')
    .ask('tools/list', {}, { signal: gone.signal })
    .catch(() => undefined);
  expect(await at('/mcp').tools()).toContain('sums__sum');
  await register('Sums once more', upstream.url);
  expect(await at('/mcp').tools()).toContain('sums-once-more__sum');
  expect(asked).not.toEqual([]);
  gone.abort();
  await waiting;
});
