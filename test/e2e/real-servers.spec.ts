import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RequestLog } from '../../src/core/execution/request-log.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { type SessionClient, TRANSPORTS, type Transport } from '../support/session-clients.js';
import { startEverything } from '../support/upstreams/everything.js';
import { BRIDGES, type RealServer } from '../support/upstreams/real-servers.js';
import { type Call, PACKAGES } from './support/real-packages.js';
import { becomes, ended } from './support/scene.js';

interface Executed {
  success: boolean;
  data: { result: unknown; approvalId: string; artifacts?: { url: string; contentType: string; size: number }[] };
  error: { code: string; message: string; details: { reason?: string } };
}
interface Logged {
  tool: string;
  status: string;
  status_code: number;
  door: string;
  via: string;
  credential: { id: string; name: string | null } | null;
  session_id: string | null;
  approval_id: string | null;
}

const EVERYTHING = 'server-everything';
/** Each package behind each bridge, in a folder of its own. */
const folder = mkdtempSync(join(tmpdir(), 'switchyard-real-'));
const BRIDGED = PACKAGES.flatMap((given) =>
  BRIDGES.map(({ bridge, behind }) => {
    const own = mkdtempSync(join(folder, 'own-'));
    return { name: `${given.name} behind ${bridge}`, given, folder: own, start: () => behind(given.server(own)) };
  }),
);

let app: TestApp;
let person: Person;
let apiKey: string;
const transport = TRANSPORTS[0] as Transport;
const servers = new Map<string, RealServer>();
const clients: SessionClient[] = [];

beforeAll(async () => {
  const starting = [{ name: EVERYTHING, start: startEverything }, ...BRIDGED].map(async ({ name, start }) =>
    servers.set(name, await start()),
  );
  [app] = await Promise.all([startTestApp(), ...starting]);
  person = await app.signIn();
  apiKey = (await makeKey(person, { name: 'Of programs' })).key;
}, 60_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await Promise.all([...servers.values()].map((server) => server.close()));
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

const urlOf = (name: string): string => servers.get(name)?.url ?? '';

const CREDENTIALS = [
  { by: 'a token', via: 'access_token', name: null, authorization: () => `Bearer ${person.token}` },
  { by: 'a key', via: 'api_key', name: 'Of programs', authorization: () => `ApiKey ${apiKey}` },
];

const execute = (authorization: string, serviceId: string, { tool, arguments: parameters }: Call) =>
  app.api<Executed>('POST', '/v1/mcp/execute/tool', {
    headers: { authorization },
    body: { serviceId, toolName: tool, parameters },
  });

/** The newest first. */
async function logged(serverId: string, query = ''): Promise<Logged[]> {
  await app.get(RequestLog).flush();
  const { body } = await person.call<{ requests: Logged[] }>('GET', `/requests?server_id=${serverId}${query}`);
  return body.requests;
}

/** In a session of its own; the offline planner takes a call by its name. */
async function say(serverId: string, { tool, arguments: args }: Call) {
  const session = (await person.call<{ id: string }>('POST', '/sessions', { server_id: serverId })).body.id;
  const client = transport.connect(app.url, { serverId, token: person.token, session });
  clients.push(client);
  await client.next('session_snapshot');
  client.send('chat_message', { text: `/call ${tool} ${JSON.stringify(args)}` });
  const { payload } = await client.next('task_graph_proposal');
  const [node] = payload.nodes as { id: string }[];
  return { client, session, node: node?.id ?? '' };
}

describe.each(BRIDGED)('$name', ({ name: title, given, folder: own }) => {
  let serverId: string;
  beforeAll(async () => {
    const fields = { name: title, approval_policy: 'require_approval_writes' };
    serverId = (await app.addServer(person, urlOf(title), fields)).id;
  }, 60_000);

  test.each(CREDENTIALS)(
    'a write asked for with $by waits, is allowed by a person, runs once and can be read',
    async ({ via, name, authorization }) => {
      const label = `rest-${via}`;
      await given.prepare?.(own, label);
      const held = await execute(authorization(), serverId, given.write(own, label));
      expect(held.status).toBe(202);
      const id = held.body.data.approvalId;
      expect(await given.times(own, label)).toBe(0);
      const decided = await person.call('POST', `/approvals/${id}/decide`, { decision: 'approve' });
      expect(decided.status).toBe(200);
      const after = await person.call<{ status: string; call: unknown }>('GET', `/approvals/${id}?wait=20`);
      expect(after.body).toMatchObject({ status: 'approved', call: { answer: { status: 'succeeded' } } });
      expect((await person.call('POST', `/approvals/${id}/decide`, { decision: 'approve' })).status).toBe(409);
      expect(await given.times(own, label)).toBe(1);

      const read = await execute(authorization(), serverId, given.read(own, label));
      expect([read.status, JSON.stringify(read.body.data.result)]).toEqual([
        200,
        expect.stringContaining(given.says(label)),
      ]);
      const rows = (await logged(serverId)).filter((row) => row.via === via);
      const expected = { status: 'succeeded', status_code: 200, door: 'rest', via, credential: { name } };
      expect(rows).toMatchObject([
        { ...expected, tool: given.read(own, label).tool, approval_id: null },
        { ...expected, tool: given.write(own, label).tool, approval_id: id },
      ]);
    },
  );

  test('a write in chat is allowed where people decide, runs once, and its session reads it', async () => {
    const label = 'chat';
    await given.prepare?.(own, label);
    const { client, session, node } = await say(serverId, given.write(own, label));
    const waiting = await eventually(
      async () =>
        (
          await person.call<{ approvals: { id: string; node_id: string }[] }>('GET', '/approvals?kind=node')
        ).body.approvals.find(({ node_id }) => node_id === node),
      (found) => found !== undefined,
    );
    expect(await given.times(own, label)).toBe(0);
    await person.call('POST', `/approvals/${waiting?.id}/decide`, { decision: 'approve' });
    await client.seen(becomes(node, 'succeeded'));
    await client.seen(ended('done'));
    expect(await given.times(own, label)).toBe(1);

    const read = await say(serverId, given.read(own, label));
    const { payload } = await read.client.seen(becomes(read.node, 'succeeded'));
    expect((payload.result as { preview: string }).preview).toContain(given.says(label));
    expect(await logged(serverId, '&door=session')).toMatchObject([
      { tool: given.read(own, label).tool, status: 'succeeded', session_id: read.session },
      { tool: given.write(own, label).tool, status: 'succeeded', session_id: session },
    ]);
  });
});

describe('server-everything', () => {
  const text = (part: string): unknown => ({
    content: expect.arrayContaining([{ type: 'text', text: expect.stringContaining(part) as string }]) as unknown,
  });
  /** Every tool it has for a client like ours: arguments that make sense, and what comes of them. */
  const TOOLS: Record<string, { arguments?: object; result?: unknown; file?: string; fails?: string }> = {
    echo: { arguments: { message: 'hello' }, result: text('Echo: hello') },
    'get-annotated-message': {
      arguments: { messageType: 'success', includeImage: true },
      result: text('completed successfully'),
      file: 'image/png',
    },
    'get-env': { result: expect.objectContaining({ PORT: expect.stringMatching(/^\d+$/) as string }) },
    'get-resource-links': { arguments: { count: 2 }, result: text('2 resource links'), file: 'text/plain' },
    'get-resource-reference': {
      arguments: { resourceType: 'Blob', resourceId: 2 },
      result: text('demo://resource/dynamic/blob/2'),
      file: 'text/plain',
    },
    'get-structured-content': {
      arguments: { location: 'Chicago' },
      result: { temperature: 36, conditions: 'Light rain / drizzle', humidity: 82 },
    },
    'get-sum': { arguments: { a: 2, b: 40 }, result: text('is 42') },
    'get-tiny-image': { result: text('MCP logo'), file: 'image/png' },
    'gzip-file-as-resource': {
      arguments: { name: 'hello.gz', data: 'data:text/plain,hello', outputType: 'resource' },
      file: 'application/gzip',
    },
    'simulate-research-query': { arguments: { topic: 'rails' }, fails: 'requires task augmentation' },
    'toggle-simulated-logging': { result: text('simulated') },
    'toggle-subscriber-updates': { result: text('simulated') },
    // Nobody is there whom it could ask.
    'trigger-elicitation-request': { result: text('"action": "cancel"') },
    'trigger-long-running-operation': { arguments: { duration: 0.2, steps: 2 }, result: text('Steps: 2.') },
    'trigger-url-elicitation': { arguments: { url: 'https://example.com/x' }, result: text('"action": "cancel"') },
  };

  let serverId: string;
  beforeAll(async () => {
    const fields = { name: EVERYTHING, approval_policy: 'auto_approve' };
    serverId = (await app.addServer(person, urlOf(EVERYTHING), fields)).id;
  }, 60_000);

  test('has the tools that are called below', async () => {
    const { tools } = (await person.call<{ tools: { name: string }[] }>('GET', `/servers/${serverId}/tools`)).body;
    expect(tools.map(({ name }) => name).sort()).toEqual(Object.keys(TOOLS).sort());
  });

  test.each(CREDENTIALS)(
    'each of its tools does with $by what it is for, and is one line of the log',
    async (given) => {
      const authorization = given.authorization();
      for (const [tool, { arguments: args = {}, result, file, fails }] of Object.entries(TOOLS)) {
        const { status, body } = await execute(authorization, serverId, { tool, arguments: args });
        const { via, name } = given;
        const [row] = await logged(serverId);
        expect(row).toMatchObject({ tool, door: 'rest', via, credential: { name }, status_code: status });
        if (fails !== undefined) {
          expect(body).toMatchObject({ success: false, error: { message: expect.stringContaining(fails) as string } });
          expect([status, row?.status]).toEqual([500, 'failed']);
          continue;
        }
        expect([tool, status, row?.status]).toEqual([tool, 200, 'succeeded']);
        if (result !== undefined) expect(body.data.result).toEqual(result);
        const made = body.data.artifacts?.find(({ contentType }) => contentType === file);
        expect(made?.contentType).toBe(file);
        if (!made) continue;
        const got = await app.api('GET', made.url, { headers: { authorization } });
        expect([got.status, got.bytes.length]).toEqual([200, made.size]);
      }
      expect(await logged(serverId).then((rows) => rows.filter(({ via }) => via === given.via))).toHaveLength(
        Object.keys(TOOLS).length,
      );
    },
  );

  test('a tool that it keeps from clients that lend no model is refused before it is asked', async () => {
    const call = { tool: 'trigger-sampling-request', arguments: { prompt: 'hello' } };
    const { status, body } = await execute(`ApiKey ${apiKey}`, serverId, call);
    expect([status, body.success]).toEqual([404, false]);
  });

  test('in chat its question reaches the person, and their answer the tool', async () => {
    const { client, node, session } = await say(serverId, { tool: 'trigger-elicitation-request', arguments: {} });
    const { payload } = await client.seen('input_request');
    const content = { name: 'Ada Lovelace', check: true, integer: 7 };
    client.send('input_response', { request_id: String(payload.request_id), action: 'accept', content });
    const done = await client.seen(becomes(node, 'succeeded'));
    expect((done.payload.result as { preview: string }).preview).toContain('Ada Lovelace');
    expect(await logged(serverId, '&door=session')).toMatchObject([
      { tool: 'trigger-elicitation-request', status: 'succeeded', session_id: session },
    ]);
  });
});
