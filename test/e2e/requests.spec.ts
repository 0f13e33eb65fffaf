import { RequestLog } from '../../src/core/execution/request-log.js';
import { type Person, startTestApp, type TestApp } from '../support/app.js';
import { Organizations } from '../support/organizations.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/upstreams/scripted-upstream.js';

interface Listed {
  requests: { id: string; tool: string; actor: { username: string } | null }[];
  next?: string;
}

describe('the request log', () => {
  let app: TestApp;
  let upstream: ScriptedUpstream;
  let ada: Person;
  let ben: Person;
  let serverId: string;

  beforeAll(async () => {
    [app, upstream] = await Promise.all([startTestApp(), startScriptedUpstream()]);
    ada = await app.signIn();
    ben = await new Organizations(app).join(ada, 'developer');
    serverId = (await app.addServer(ada, upstream.url, { approval_policy: 'auto_approve' })).id;
  });
  afterAll(async () => {
    await app.stop();
    await upstream.close();
  });

  async function execute(person: Person, toolName: string, parameters: object = {}): Promise<void> {
    const body = { serviceId: serverId, toolName, parameters };
    await app.api('POST', '/v1/mcp/execute/tool', { token: person.token, body });
    await app.get(RequestLog).flush();
  }
  const list = async (person: Person, query = '') => (await person.call<Listed>('GET', `/requests${query}`)).body;
  const tools = async (person: Person, query = '') => (await list(person, query)).requests.map(({ tool }) => tool);

  test('everybody sees their own calls, administrators see those of all, and strangers none', async () => {
    await execute(ada, 'read', { label: 'a', rows: 1 });
    await execute(ben, 'erase');
    expect(await tools(ada)).toEqual(['erase', 'read']);
    expect(await tools(ben)).toEqual(['erase']);
    const [latest] = (await list(ada)).requests;
    expect(latest?.actor?.username).toBe(ben.user.username);
    const mine = (await list(ada)).requests[1]?.id;
    expect((await ben.call('GET', `/requests/${mine}`)).status).toBe(404);
    const stranger = await app.signIn();
    expect(await tools(stranger)).toEqual([]);
    expect((await stranger.call('GET', `/requests/${mine}`)).body.code).toBe('LOG_NOT_FOUND');
  });

  test('a line has who asked, by which door, what was sent and what came back', async () => {
    await execute(ben, 'read', { label: 'mcp_sk_0123456789abcdefghijklmnop', rows: 1 });
    const [{ id } = { id: '' }] = (await list(ben)).requests;
    const { body } = await ben.call('GET', `/requests/${id}`);
    expect(body).toMatchObject({
      id,
      server: { id: serverId },
      tool: 'read',
      method: 'tools/call',
      status: 'succeeded',
      status_code: 200,
      error_code: null,
      door: 'rest',
      via: 'access_token',
      actor: { user_id: ben.user.id, username: ben.user.username },
      credential: { name: null },
      ip: '127.0.0.1',
      request: { label: '[redacted]', rows: 1 },
      response: { structuredContent: { label: '[redacted]' } },
      truncated: false,
      error_message: null,
    });
  });

  test('filters choose lines, and what is no filter is refused', async () => {
    await execute(ada, 'fail');
    expect(await tools(ada, '?status=error')).toEqual(['fail']);
    expect(await tools(ada, '?status=failed')).toEqual(['fail']);
    expect(await tools(ada, '?tool=erase')).toEqual(['erase']);
    expect(await tools(ada, '?q=ERAS')).toEqual(['erase']);
    expect(await tools(ada, '?q=100%25')).toEqual([]);
    expect(await tools(ada, `?actor=${ben.user.id}&door=rest&server_id=${serverId}`)).toEqual(['read', 'erase']);
    expect(await tools(ada, '?door=session')).toEqual([]);
    expect(await tools(ada, '?to=2020-01-01T00:00:00Z')).toEqual([]);
    for (const wrong of ['status=maybe', 'door=back', 'from=today', 'page=0', 'page=1_log_1', 'extra=1']) {
      expect((await ada.call('GET', `/requests?${wrong}`)).status).toBe(400);
    }
  });

  test('pages follow one another without a gap, though new lines come in', async () => {
    for (let made = 0; made < 51; made += 1) void execute(ada, 'erase');
    await execute(ada, 'read', { label: 'last', rows: 1 });
    const first = await list(ada, '?tool=erase');
    await execute(ada, 'erase');
    const second = await list(ada, `?tool=erase&page=${first.next}`);
    const ids = [...first.requests, ...second.requests].map(({ id }) => id);
    expect([first.requests.length, new Set(ids).size, second.next]).toEqual([50, ids.length, undefined]);
    expect((await list(ada, '?tool=erase&page=2')).requests.length).toBeGreaterThan(0);
  });
});
