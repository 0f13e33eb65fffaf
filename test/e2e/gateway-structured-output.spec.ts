import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { eventually } from '../support/app.js';
import { meetNewer, meetOlder } from '../support/clients/plain-sdk.js';
import { startOneServer } from '../support/gateway/one-server.js';
import { listenHere, stopListening } from '../support/listening.js';

const NAMES = ['Ada', 'Grace'];
const NESTED = { name: 'root', parts: [{ name: 'leaf', parts: [] }] };

interface Part {
  name: string;
  parts: Part[];
}
const Part: z.ZodType<Part> = z.object({ name: z.string(), parts: z.array(z.lazy(() => Part)) });

/** Of 2026-07-28, in which a tool may answer with any JSON. */
async function startUpstream() {
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'any json', version: '1.0.0' });
      const offer = (name: string, value: unknown, outputSchema?: z.ZodType) =>
        server.registerTool(name, { description: name, ...(outputSchema && { outputSchema }) }, () => ({
          content: [],
          structuredContent: value,
        }));
      offer('names', NAMES, z.array(z.string()));
      offer('parts', [NESTED], z.array(Part));
      offer('either', { found: true }, z.union([z.object({ found: z.boolean() }), z.null()]));
      offer('row', { id: 1 }, z.object({ id: z.int() }));
      offer('unsaid', NAMES);
      return server;
    },
    { legacy: 'reject' },
  );
  const answer = toNodeHandler(handler);
  const http = createServer((request, response) => void answer(request, response));
  const origin = await listenHere(http);
  const close = async () => {
    await Promise.all([stopListening(http), handler.close()]);
  };
  return { url: `${origin}/mcp`, close };
}

const start = () => startOneServer(startUpstream);
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

test('a client of the newer era gets any JSON as it is', async () => {
  const client = await meetNewer(product.placeAt());
  const { tools } = await client.listTools();
  expect(tools.find(({ name }) => name === 'names')?.outputSchema).toMatchObject({ type: 'array' });
  const answer = async (name: string) => (await client.callTool({ name, arguments: {} })).structuredContent;
  expect(await answer('names')).toEqual(NAMES);
  expect(await answer('parts')).toEqual([NESTED]);
  expect(await answer('either')).toEqual({ found: true });
  expect(await answer('unsaid')).toEqual(NAMES);
  await client.close();
});

test('a client of the older era, which knows objects only, gets what is no object inside of one, as the tool promises it', async () => {
  const client = await meetOlder(product.placeAt());
  const { tools } = await client.listTools();
  const promised = (wanted: string) => tools.find(({ name }) => name === wanted)?.outputSchema;
  expect(promised('names')).toMatchObject({
    type: 'object',
    properties: { result: { type: 'array', items: { type: 'string' } } },
    required: ['result'],
  });
  expect(promised('row')).toMatchObject({ type: 'object', properties: { id: { type: 'integer' } } });
  // The client checks each by what the tool promises.
  const answer = async (name: string) => (await client.callTool({ name, arguments: {} })).structuredContent;
  expect(await answer('names')).toEqual({ result: NAMES });
  expect(await answer('parts')).toEqual({ result: [NESTED] });
  expect(await answer('either')).toEqual({ result: { found: true } });
  expect(await answer('row')).toEqual({ id: 1 });
  expect(await answer('unsaid')).toEqual({ result: NAMES });
  await client.close();
});

test('so it does when a person approved the call', async () => {
  const { owner, server } = product;
  await owner.call('PATCH', `/servers/${server.id}`, { approval_policy: 'require_approval_all' });
  for (const name of ['names', 'unsaid']) {
    const client = await meetOlder(product.placeAt());
    await client.listTools();
    const call = () => client.callTool({ name, arguments: {} });
    const [, id] = /\/approvals\/(apr_\w+)/.exec(JSON.stringify(await call())) ?? [];
    await owner.call('POST', `/approvals/${id}/decide`, { decision: 'approve' });
    const said = await eventually(call, ({ structuredContent }) => structuredContent !== undefined);
    expect(said.structuredContent).toEqual({ result: NAMES });
    await client.close();
  }
  await owner.call('PATCH', `/servers/${server.id}`, { approval_policy: 'auto_approve' });
});
