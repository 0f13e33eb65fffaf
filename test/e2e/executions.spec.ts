import { RequestLog } from '../../src/core/execution/request-log.js';
import { Database } from '../../src/platform/database/database.js';
import { eventually, type Person, startTestApp, type TestApp } from '../support/app.js';
import { makeKey } from '../support/api-keys.js';
import { Statements } from '../support/statements.js';
import { startBareUpstream } from '../support/upstreams/bare-upstream.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

let app: TestApp;
let upstream: ScriptedUpstream;
let statements: Statements;
let owner: Person;
let serverId: string;
let apiKey: string;

beforeAll(async () => {
  statements = new Statements();
  [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
  owner = await app.signIn();
  serverId = (await app.addServer(owner, upstream.url, { approval_policy: 'auto_approve' })).id;
  apiKey = (await makeKey(owner)).key;
}, 60_000);
afterAll(async () => {
  await app.stop();
  await upstream.close();
  statements.stop();
});

const execute = <Body = { data: { result: unknown } }>(
  tool: string,
  parameters: object,
  { requestId, headers = {}, ...more }: { requestId?: string; headers?: Record<string, string>; timeout?: number } = {},
) =>
  app.api<Body>('POST', '/v1/mcp/execute/tool', {
    headers: {
      authorization: `ApiKey ${apiKey}`,
      ...(requestId !== undefined && { 'x-request-id': requestId }),
      ...headers,
    },
    body: { serviceId: serverId, toolName: tool, parameters, ...more },
  });

const rows = async (where: string, values: unknown[] = []) => {
  await app.get(RequestLog).flush();
  return app
    .get(Database)
    .sql<Record<string, unknown>>(`select * from request_log where ${where} order by started_at, id`, values);
};

test('a warm call asks the database nothing', async () => {
  for (let index = 0; index < 3; index += 1) await execute('read', { label: 'warm' });
  const counted: string[][] = [];
  let before = performance.now();
  for (let index = 0; index < 200; index += 1) {
    const began = performance.now();
    expect((await execute('read', { label: 'warm' }, { requestId: `warm-${index}` })).status).toBe(200);
    // After a pause of the machine what is kept is too old: that call is not warm.
    if (performance.now() - before < 1_000) counted.push([...statements.of(`warm-${index}`)]);
    before = began;
  }
  expect(counted.length).toBeGreaterThan(100);
  expect(counted.flat()).toEqual([]);
}, 60_000);

test('each call is one row of the log, also one that was refused or failed, with who asked and how', async () => {
  const from = new Date();
  await execute('write', { label: 'logged', text: 'x' }, { requestId: 'row-1' });
  await execute('fail', {}, { requestId: 'row-2' });
  await execute('read', { rows: 'many' }, { requestId: 'row-3' });
  await execute('no_such_tool', {}, { requestId: 'row-4' });
  const found = await rows('started_at >= $1', [from]);
  expect(found.map(({ request_id, status, status_code, tool }) => [request_id, status, status_code, tool])).toEqual([
    ['row-1', 'succeeded', 200, 'write'],
    ['row-2', 'failed', 500, 'fail'],
    ['row-3', 'refused', 400, 'read'],
    ['row-4', 'refused', 404, 'no_such_tool'],
  ]);
  for (const row of found) {
    expect(row).toMatchObject({
      door: 'rest',
      via: 'api_key',
      credential_id: expect.stringMatching(/^key_/) as string,
      user_id: owner.user.id,
      ip: '127.0.0.1',
      server_id: serverId,
    });
  }
  expect(found[0]).toMatchObject({ rule: 'this server runs without asking' });
});

describe('under an Idempotency-Key', () => {
  const keyed = (key: string, label: string, text = 'x') =>
    execute<{ data: { result: { count: number } }; error?: { code: string } }>(
      'write',
      { label, text },
      { headers: { 'idempotency-key': key } },
    );

  test('a repeated request is answered as the first one was, and not made again', async () => {
    const first = await keyed('one', 'idempotent');
    const again = await keyed('one', 'idempotent');
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect(upstream.memory.count('write', 'idempotent')).toBe(1);
    expect((await keyed('one', 'idempotent', 'y')).status).toBe(422);
    expect((await keyed('two', 'idempotent')).body.data.result.count).toBe(2);
  });

  test('of many at once one is made, and the others are told that it runs or what came of it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed('many', 'many')));
    expect(upstream.memory.count('write', 'many')).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  test('a failure of the tool is final, a refusal is not', async () => {
    const failing = () => execute<{ meta: unknown }>('fail', {}, { headers: { 'idempotency-key': 'fails' } });
    expect([(await failing()).status, (await failing()).status]).toEqual([500, 500]);
    expect(upstream.memory.count('fail')).toBeGreaterThan(0);
    const before = upstream.memory.count('fail');
    expect((await failing()).headers.get('idempotent-replayed')).toBe('true');
    expect(upstream.memory.count('fail')).toBe(before);
    const refused = await execute('write', { text: '' }, { headers: { 'idempotency-key': 'refused' } });
    expect(refused.status).toBe(400);
    expect((await execute('write', { text: 'ok' }, { headers: { 'idempotency-key': 'refused' } })).status).toBe(200);
  });

  test('what a process that died left behind is run again when it only reads, and else unknown', async () => {
    await keyed('died', 'died');
    const dead = `update idempotency_keys set state = $2, answer = null, alive_until = now() - interval '1 minute' where key = $1`;
    await app.get(Database).sql(dead, ['died', 'acting']);
    const unknown = await keyed('died', 'died');
    expect([unknown.status, unknown.body.error?.code]).toEqual([409, 'OUTCOME_UNKNOWN']);
    await app.get(Database).sql(dead, ['died', 'begun']);
    expect((await keyed('died', 'died')).status).toBe(200);
    expect(upstream.memory.count('write', 'died')).toBe(2);
  });

  test('a key that is none is refused', async () => {
    expect((await keyed('a b', 'none')).status).toBe(400);
    expect((await keyed('x'.repeat(256), 'none')).status).toBe(400);
  });
});

test('the playground says what a call would come to, and shows all of what came of one', async () => {
  const call = (tool: string, body: object) => owner.call('POST', `/servers/${serverId}/tools/${tool}/call`, body);
  const dry = await call('write', { arguments: { label: 'dry', text: 'x' }, dry_run: true });
  expect(dry.body).toMatchObject({ status: 'dry_run', would: 'run', rule: 'this server runs without asking' });
  const wrong = await call('write', { arguments: { text: '' }, dry_run: true });
  expect(wrong.body).toMatchObject({ would: 'refuse', issues: [{ path: '/arguments/text' }] });
  expect(upstream.memory.count('write', 'dry')).toBe(0);
  const failed = await call('fail', {});
  expect([failed.status, failed.body]).toMatchObject([
    200,
    {
      status: 'failed',
      error: { code: 'TOOL_FAILED' },
      result: { is_error: true },
      preview: expect.any(String) as string,
    },
  ]);
  const asked = await call('ask', {});
  expect(asked.body).toMatchObject({ status: 'succeeded', asked: 'Who are you?' });
});

test('with Accept: text/event-stream logs come while it runs, and then the result', async () => {
  const { text, headers } = await execute(
    'chatter',
    { label: 'stream', lines: 2 },
    { headers: { accept: 'text/event-stream' } },
  );
  expect(headers.get('content-type')).toBe('text/event-stream');
  expect(text).toContain('event: log\ndata: {"level":"info","message":"line 1"}');
  expect(text).toMatch(/event: result\ndata: \{"success":true,"data":\{"result":.*2 lines/);
});

test('a caller who hangs up ends the call at the server, too', async () => {
  const gone = new AbortController();
  const call = fetch(`${app.url}/v1/mcp/execute/tool`, {
    method: 'POST',
    signal: gone.signal,
    headers: { authorization: `ApiKey ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ serviceId: serverId, toolName: 'hold', parameters: { label: 'hung up' } }),
  });
  const { signal } = await upstream.memory.called('hold', 'hung up');
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  gone.abort();
  await expect(call).rejects.toThrow();
  await aborted;
});

test('files that a tool made are downloaded with the credential of the call', async () => {
  const made = await execute<{ data: { artifacts: { url: string; size: number }[] } }>('make_files', { kind: 'bytes' });
  const [file] = made.body.data.artifacts;
  for (const scheme of ['Bearer', 'ApiKey']) {
    const got = await app.api('GET', file?.url ?? '', { headers: { authorization: `${scheme} ${apiKey}` } });
    expect([scheme, got.status, got.bytes.length]).toEqual([scheme, 200, file?.size]);
  }
});

describe('a server that answers what no library would let through', () => {
  const OUTPUT = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const TOOL = {
    name: 'odd',
    inputSchema: { type: 'object' },
    outputSchema: OUTPUT,
    annotations: { readOnlyHint: true },
  };
  let odd: Awaited<ReturnType<typeof startBareUpstream>>;
  let oddId: string;
  beforeAll(async () => {
    odd = await startBareUpstream(TOOL);
    oddId = (await app.addServer(owner, odd.url, { approval_policy: 'auto_approve' })).id;
  });
  afterAll(() => odd.close());

  const call = async () =>
    (
      await owner.call<{ status: string; error: { code: string; message: string } | null; result: unknown }>(
        'POST',
        `/servers/${oddId}/tools/odd/call`,
        {},
      )
    ).body;

  test('a result that is not as its schema says is a failure, and kept for people to read', async () => {
    odd.answerWith({ result: { content: [{ type: 'text', text: 'one' }], structuredContent: { n: 'one' } } });
    expect(await call()).toMatchObject({
      status: 'failed',
      error: { code: 'OUTPUT_INVALID', message: expect.stringContaining('/n') as string },
      result: { structured_content: { n: 'one' } },
    });
    odd.answerWith({ result: { content: [], structuredContent: { n: 1 } } });
    expect(await call()).toMatchObject({ status: 'succeeded', error: null });
  });

  test('a task that goes on, and an address that somebody has to visit, are said to be that', async () => {
    odd.answerWith({ result: { content: [], task: { taskId: 't1', status: 'working' } } });
    expect(await call()).toMatchObject({ status: 'failed', error: { code: 'TASKS_NOT_SUPPORTED' } });
    const data = { elicitations: [{ mode: 'url', url: 'https://example.com/visit', elicitationId: 'e1' }] };
    odd.answerWith({ error: { code: -32042, message: 'Visit.', data } });
    expect(await call()).toMatchObject({
      status: 'failed',
      error: {
        code: 'URL_ELICITATION_REQUIRED',
        message: expect.stringContaining('https://example.com/visit') as string,
      },
    });
  });

  test('what an answer links to is read in the time that the call has left, and is missing else', async () => {
    const links = Array.from({ length: 10 }, (_, n) => ({ type: 'resource_link', uri: `file:///${n}`, name: `${n}` }));
    odd.answerWith({ result: { content: links, structuredContent: { n: 1 } } });
    odd.hangAt('resources/read');
    const { body } = await owner.call('POST', `/servers/${oddId}/tools/odd/call`, { timeout: 1 });
    expect(body).toMatchObject({ status: 'succeeded', artifacts: [], error: null });
  });

  test('one that is away is left alone after some failures, and is told of at once', async () => {
    await odd.close();
    const codes: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { status, body, headers } = await owner.call<{ code: string }>(
        'POST',
        `/servers/${oddId}/tools/odd/call`,
        {},
      );
      codes.push(`${status} ${body.code} ${headers.has('retry-after')}`);
    }
    expect(codes[0]).toBe('502 UPSTREAM_UNREACHABLE false');
    expect(codes[2]).toBe('503 UPSTREAM_UNAVAILABLE true');
    const read = await owner.call<{ code: string }>('POST', `/servers/${oddId}/resources/read`, { uri: 'a://b' });
    expect([read.status, read.body.code]).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
  });
});

test('a server that comes back with another definition of the tool is not taken for away for ever', async () => {
  const other = await startScriptedUpstream();
  const { id } = await app.addServer(owner, other.url, { approval_policy: 'auto_approve' });
  const call = () =>
    owner.call<{ code?: string; status: unknown }>('POST', `/servers/${id}/tools/write/call`, {
      arguments: { label: 'back', text: 'x' },
    });
  await other.die();
  await eventually(call, ({ body }) => body.code === 'UPSTREAM_UNAVAILABLE');
  other.memory.describe('write', 'What it does now.');
  await other.revive();
  const seen: unknown[] = [];
  await eventually(call, ({ body }) => {
    seen.push(body.code ?? body.status);
    return body.status === 'succeeded';
  });
  expect(seen).toContain('TOOL_CHANGED');
  await other.close();
}, 60_000);
