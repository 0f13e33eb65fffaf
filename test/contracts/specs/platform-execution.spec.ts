import { z } from 'zod';
import { type Person, startTestApp, type TestApp } from '../../support/app.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../../support/upstreams/scripted-upstream.js';
import { Client } from '../support/client.js';
import { chapter } from '../support/compatibility.js';

const Executed = z.strictObject({
  success: z.literal(true),
  data: z.looseObject({ result: z.unknown(), executionTime: z.number().min(0).max(30) }),
  meta: z.looseObject({ requestId: z.string().startsWith('req_') }),
});
const Held = z.strictObject({
  success: z.literal(true),
  data: z.strictObject({
    status: z.literal('approval_required'),
    approvalId: z.string().startsWith('apr_'),
    url: z.string(),
    expiresAt: z.iso.datetime(),
  }),
  meta: z.looseObject({}),
});
const Polled = z.looseObject({ data: z.looseObject({ approval: z.looseObject({}) }) });
const Refusal = z.strictObject({
  success: z.literal(false),
  error: z.looseObject({ code: z.string(), message: z.string(), details: z.looseObject({}) }),
});

chapter('platform-execution', 'MCP execution', (holds) => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let client: Client;
  let person: Person;
  let serviceId: string;
  let apiKey: string;

  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
    client = new Client(app.url);
    person = await app.signIn();
    serviceId = (await app.addServer(person, upstream.url, { approval_policy: 'auto_approve' })).id;
    const made = await client.callAt('POST', '/v1/users/me/api-keys', {
      token: person.token,
      body: { name: 'Executes', scopes: ['mcp:read', 'mcp:execute'] },
    });
    apiKey = z.object({ data: z.object({ apiKey: z.object({ key: z.string() }) }) }).parse(made.body).data.apiKey.key;
  });
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  const execute = (body: object, headers: Record<string, string> = { authorization: `ApiKey ${apiKey}` }) =>
    client.callAt('POST', '/v1/mcp/execute/tool', { body, headers });
  const refused = async (status: number, answer: ReturnType<typeof execute>) =>
    (await client.expect(status, Refusal, answer)).error;

  const TOOL = 'MCP Execution API, Execute MCP Tool';
  holds(TOOL, 'POST /mcp/execute/tool with a token answers the structured result and its time', async () => {
    const body = { serviceId, toolName: 'read', parameters: { label: 'a', rows: 1 } };
    const { data } = await client.expect(200, Executed, execute(body, { authorization: `Bearer ${person.token}` }));
    expect(data.result).toEqual({ label: 'a', rows: [{ id: 1, name: 'row 1' }] });
  });
  holds(TOOL, 'POST /mcp/execute/tool with an API key does the same, and words alone are content', async () => {
    const { data } = await client.expect(200, Executed, execute({ serviceId, toolName: 'erase', parameters: {} }));
    expect(data.result).toEqual({ content: [{ type: 'text', text: 'Erased.' }] });
  });
  holds(TOOL, 'a timeout that passes, and a tool that fails, are 500 MCP_SERVICE_ERROR', async () => {
    const failed = await refused(500, execute({ serviceId, toolName: 'fail', parameters: {} }));
    expect(failed).toMatchObject({
      code: 'MCP_SERVICE_ERROR',
      details: { reason: 'TOOL_FAILED', outcome: 'failed', text: 'It cannot be done.\nsecond line' },
    });
    const late = await refused(500, execute({ serviceId, toolName: 'hold', parameters: {}, timeout: 1 }));
    expect(late).toMatchObject({ code: 'MCP_SERVICE_ERROR', details: { reason: 'TIMED_OUT', outcome: 'timed_out' } });
  });
  holds(TOOL, 'wrong fields and parameters that do not fit are 400 VALIDATION_ERROR with their places', async () => {
    const unknown = await refused(400, execute({ serviceId, toolName: 'read', parameters: {}, args: 1 }));
    expect(unknown).toMatchObject({ code: 'VALIDATION_ERROR', details: { errors: [{ path: '/args' }] } });
    const wrong = await refused(400, execute({ serviceId, toolName: 'read', parameters: { rows: -1 } }));
    expect(wrong).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { reason: 'INVALID_ARGUMENTS', errors: [{ path: '/parameters/rows' }] },
    });
  });
  holds(
    TOOL,
    'a call that a person has to allow is 202 approval_required, with where to decide and to ask',
    async () => {
      const { id } = await app.addServer(person, upstream.url);
      const { data } = await client.expect(202, Held, execute({ serviceId: id, toolName: 'erase', parameters: {} }));
      expect(data.url).toContain(data.approvalId);
      const headers = { authorization: `ApiKey ${apiKey}` };
      const poll = client.callAt('GET', `/v1/mcp/approvals/${data.approvalId}`, { headers });
      const { approval } = (await client.expect(200, Polled, poll)).data;
      expect(approval).toMatchObject({ status: 'pending', execution: null, serviceId: id, toolName: 'erase' });
      expect(upstream.memory.count('erase')).toBe(1);
    },
  );
  holds(TOOL, 'a service or tool that is not there is 404 RESOURCE_NOT_FOUND', async () => {
    const noTool = await refused(404, execute({ serviceId, toolName: 'no_such_tool', parameters: {} }));
    expect(noTool.code).toBe('RESOURCE_NOT_FOUND');
    const printed = { serviceId: 'svc_123456', toolName: 'search_code', parameters: { query: 'x' } };
    expect((await refused(404, execute(printed))).code).toBe('RESOURCE_NOT_FOUND');
  });

  const RESOURCE = 'MCP Execution API, Fetch MCP Resource';
  const fetchOf = (resourceName: string, parameters: object = {}) =>
    client.callAt('POST', '/v1/mcp/execute/resource', {
      body: { serviceId, resourceName, parameters },
      headers: { authorization: `ApiKey ${apiKey}` },
    });
  holds(RESOURCE, 'POST /mcp/execute/resource answers content, mimeType and size, by URI or by name', async () => {
    for (const name of ['scripted://linked', 'linked']) {
      const { data } = await client.expect(200, Executed, fetchOf(name));
      expect(data.result).toEqual({
        content: expect.any(String) as string,
        mimeType: 'text/plain',
        size: expect.any(Number) as number,
      });
    }
  });
  holds(RESOURCE, 'a resourceName as printed, of a tool that only reads, calls the tool', async () => {
    const { data } = await client.expect(200, Executed, fetchOf('read', { rows: 0 }));
    expect(data.result).toEqual({ label: '', rows: [] });
  });
  holds(RESOURCE, 'a name of nothing that reads is 404 RESOURCE_NOT_FOUND', async () => {
    expect((await refused(404, fetchOf('write', { text: 'x' }))).code).toBe('RESOURCE_NOT_FOUND');
    expect((await refused(404, fetchOf('scripted://nowhere'))).code).toBe('RESOURCE_NOT_FOUND');
  });
});
