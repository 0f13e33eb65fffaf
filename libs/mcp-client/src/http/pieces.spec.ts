import { gzipSync } from 'node:zlib';
import type { Fault } from '../../test-support/faults.js';
import { scripted, scriptedModern } from '../../test-support/scripted-server.js';
import { targetAt, testBench } from '../../test-support/targets.js';

const bench = testBench();
let server: Fault | undefined;

afterEach(() => server?.close());
afterAll(() => bench.close());

describe.each([
  ['legacy', scripted],
  ['modern', scriptedModern],
] as const)('answers of a %s server that come in pieces', (_era, start) => {
  it.each([
    ['as they are', (text: string) => Buffer.from(text), {}],
    ['packed', (text: string) => gzipSync(text), { 'content-encoding': 'gzip' }],
  ])('are not mixed with what comes meanwhile, %s', async (_how, pack, headers) => {
    const waiting: (() => void)[] = [];
    server = await start((request, { response }) => {
      const { name } = request.params as { name: string };
      const content = [{ type: 'text', text: `${name} `.repeat(2_000) }];
      const result = { resultType: 'complete', content };
      const body = pack(JSON.stringify({ jsonrpc: '2.0', id: request.id, result }));
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.write(body.subarray(0, 20));
      waiting.push(() => response.end(body.subarray(20)));
      // The last to begin ends first.
      if (waiting.length === 3) {
        const endNext = () => {
          const end = waiting.pop();
          end?.();
          if (end) setImmediate(endNext);
        };
        setImmediate(endNext);
      }
      return undefined;
    });
    const answers = await bench
      .pool()
      .withSession(targetAt(server.url), {}, (session) =>
        Promise.all(['a', 'b', 'c'].map((name) => session.callTool({ name }))),
      );
    const texts = answers.map(({ content }) => content[0]?.text);
    expect(texts).toEqual(['a', 'b', 'c'].map((name) => `${name} `.repeat(2_000)));
  });
});
