import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { http, type Fault } from '../test-support/faults.js';
import { listen, stop } from '../test-support/servers.js';
import { targetAt, testBench } from '../test-support/targets.js';
import { probe, UpstreamError, type Authorization, type Challenge } from './index.js';

const bench = testBench();
const servers: Fault[] = [];

afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
afterAll(() => bench.close());

/** Lets in who brings the token of now; says what it wants of others. */
class Gate {
  token = 'first';
  readonly seen: string[] = [];
  status: 401 | 403 = 401;
  wants = 'Bearer resource_metadata="https://example.test/.well-known"';

  /** @returns whether it was let in */
  let(request: IncomingMessage, response: ServerResponse, what: string): boolean {
    this.seen.push(`${what} ${request.headers.authorization ?? 'nothing'}`);
    if (request.headers.authorization === `Bearer ${this.token}`) return true;
    response.writeHead(this.status, { 'www-authenticate': this.wants }).end('<html>inner page</html>');
    return false;
  }
}

const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'guarded', version: '1' },
};
const DISCOVERED = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: {} },
  ttlMs: 0,
  cacheScope: 'private',
};

function outcomeOf(era: 'legacy' | 'modern', method: string): object {
  if (method === 'initialize' && era === 'legacy') return { result: INITIALIZED };
  if (method === 'server/discover' && era === 'modern') return { result: DISCOVERED };
  if (method === 'tools/call') return { result: { resultType: 'complete', content: [] } };
  return { error: { code: -32601, message: 'Method not found' } };
}

async function guarded(era: 'legacy' | 'modern', gate: Gate): Promise<string> {
  const server = await http((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(405).end();
      const { id, method } = JSON.parse(body) as { id?: number; method: string };
      if (!gate.let(request, response, method)) return;
      if (id === undefined) return void response.writeHead(202).end();
      const outcome = outcomeOf(era, method);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }));
    });
  });
  servers.push(server);
  return server.url;
}

/** An account whose token a test changes. */
class Account implements Authorization {
  token: string | undefined = 'first';
  readonly challenges: (Challenge & { sent: string | undefined })[] = [];
  next: string | undefined;

  header(): string | undefined | Promise<string | undefined> {
    return this.token && `Bearer ${this.token}`;
  }

  async renew(challenge: Challenge & { sent: string | undefined }): Promise<boolean> {
    this.challenges.push(challenge);
    if (this.next === undefined) return false;
    this.token = this.next;
    return true;
  }
}

const calls = ({ seen }: Gate) => seen.filter((line) => line.startsWith('tools/call'));

describe.each(['legacy', 'modern'] as const)('a target that signs in by a token, of the %s era', (era) => {
  it('asks for the header before each request, and sends no other', async () => {
    const [gate, account] = [new Gate(), new Account()];
    const target = targetAt(await guarded(era, gate), { authorize: account, headers: { Authorization: 'Basic old' } });
    await bench.pool().withSession(target, {}, async (session) => {
      await session.callTool({ name: 't' });
      gate.token = account.token = 'second';
      await session.callTool({ name: 't' });
    });
    expect(calls(gate)).toEqual(['tools/call Bearer first', 'tools/call Bearer second']);
    expect(gate.seen.every((line) => / Bearer (first|second)$/.test(line))).toBe(true);
    expect(account.challenges).toEqual([]);
  });

  it('waits for a header that is not at hand', async () => {
    const [gate, account] = [new Gate(), new Account()];
    account.header = async () => 'Bearer first';
    const target = targetAt(await guarded(era, gate), { authorize: account });
    await bench.pool().withSession(target, {}, (session) => session.callTool({ name: 't' }));
    expect(calls(gate)).toEqual(['tools/call Bearer first']);
  });

  it.each([
    [401, 'Bearer error="invalid_token"'],
    [403, 'Bearer error="insufficient_scope", scope="files:write"'],
  ] as const)('renews the token after HTTP %i and repeats the call once', async (status, wants) => {
    const [gate, account] = [new Gate(), new Account()];
    const target = targetAt(await guarded(era, gate), { authorize: account });
    await bench.pool().withSession(target, {}, async (session) => {
      await session.callTool({ name: 't' });
      Object.assign(gate, { status, wants, token: 'second' });
      account.next = 'second';
      await session.callTool({ name: 't' });
    });
    expect(calls(gate)).toEqual(['tools/call Bearer first', 'tools/call Bearer first', 'tools/call Bearer second']);
    expect(account.challenges).toEqual([{ status, wwwAuthenticate: wants, sent: 'Bearer first' }]);
  });

  it('does not renew for a refusal that no token mends', async () => {
    const [gate, account] = [new Gate(), new Account()];
    const target = targetAt(await guarded(era, gate), { authorize: account });
    await bench.pool().withSession(target, {}, async (session) => {
      await session.callTool({ name: 't' });
      Object.assign(gate, { status: 403, wants: 'Bearer error="invalid_request"', token: 'second' });
      const call = session.callTool({ name: 't' });
      await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_AUTH', requestSent: false, httpStatus: 403 });
    });
    expect(account.challenges).toEqual([]);
  });

  it('gives up after one repetition, with what the server wants', async () => {
    const [gate, account] = [new Gate(), new Account()];
    const target = targetAt(await guarded(era, gate), { authorize: account });
    await bench.pool().withSession(target, {}, async (session) => {
      await session.callTool({ name: 't' });
      gate.token = 'never';
      account.next = 'second';
      const error: unknown = await session.callTool({ name: 't' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UpstreamError);
      const challenge = { status: 401, wwwAuthenticate: gate.wants };
      expect(error).toMatchObject({ code: 'UPSTREAM_AUTH', requestSent: false, httpStatus: 401, challenge });
      expect(JSON.stringify(error)).not.toMatch(/inner page|first|second/);
    });
    expect(calls(gate)).toHaveLength(3);
  });

  it('renews during the handshake too', async () => {
    const [gate, account] = [new Gate(), new Account()];
    gate.token = account.next = 'second';
    const target = targetAt(await guarded(era, gate), { authorize: account });
    await bench.pool().withSession(target, {}, (session) => session.callTool({ name: 't' }));
    expect(account.challenges).toHaveLength(1);
    expect(calls(gate)).toEqual(['tools/call Bearer second']);
  });

  it('tells what the server wants where nobody is signed in', async () => {
    const [gate, account] = [new Gate(), new Account()];
    account.token = undefined;
    const target = targetAt(await guarded(era, gate), { authorize: account });
    const call = bench.pool().withSession(target, {}, (session) => session.callTool({ name: 't' }));
    const challenge = { status: 401, wwwAuthenticate: gate.wants };
    await expect(call).rejects.toMatchObject({ code: 'UPSTREAM_AUTH', requestSent: false, challenge });
    expect(account.challenges[0]).toEqual({ ...challenge, sent: undefined });
    const { checks } = await probe(bench.guard, target);
    expect(checks.find(({ status }) => status === 'failed')).toMatchObject({ name: 'auth' });
  });

  it('a test of a server whose account cannot be used says that it was not asked', async () => {
    const [gate, account] = [new Gate(), new Account()];
    account.header = () => Promise.reject(new Error('No key for this token.'));
    const { checks } = await probe(bench.guard, targetAt(await guarded('modern', gate), { authorize: account }));
    const found = checks.filter(({ name }) => name === 'http' || name === 'auth');
    expect(found.map(({ status }) => status)).toEqual(['skipped', 'failed']);
    expect(found[0]?.summary).toBe('Not asked: the account cannot be used.');
    expect(gate.seen).toEqual([]);
  });

  it('passes on what the account itself fails with, in its own words', async () => {
    const [gate, account] = [new Gate(), new Account()];
    const target = targetAt(await guarded(era, gate), { authorize: account });
    const cause = new Error('No key for this token.');
    const mine = new UpstreamError('UPSTREAM_AUTH', 'Sign in again, please.', { requestSent: false });
    await bench.pool().withSession(target, {}, async (session) => {
      await session.callTool({ name: 't' });
      account.header = () => Promise.reject(cause);
      const failed = session.callTool({ name: 't' });
      await expect(failed).rejects.toMatchObject({ code: 'UPSTREAM_AUTH', requestSent: false, cause });
      account.header = () => {
        throw mine;
      };
      await expect(session.callTool({ name: 't' })).rejects.toBe(mine);
    });
    const opening = bench.pool().withSession(target, {}, (session) => session.callTool({ name: 't' }));
    await expect(opening).rejects.toBe(mine);
  });

  it('waits for another token no longer than the call may take', async () => {
    const [gate, account] = [new Gate(), new Account()];
    const target = targetAt(await guarded(era, gate), { authorize: account });
    await bench.pool().withSession(target, {}, async (session) => {
      await session.callTool({ name: 't' });
      gate.token = 'second';
      account.renew = () => new Promise(() => undefined);
      const late = session.callTool({ name: 't' }, { timeoutMs: 50 });
      await expect(late).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', requestSent: false });
    });
  });
});

it('renews the token of a server over HTTP+SSE, on its stream and for a call', async () => {
  const [gate, account] = [new Gate(), new Account()];
  const transports: SSEServerTransport[] = [];
  const mcp = new McpServer({ name: 'sse', version: '1' });
  mcp.registerTool('one', {}, () => ({ content: [] }));
  const server = createServer((request, response) => {
    if (!gate.let(request, response, request.method ?? '')) return;
    if (request.method === 'POST') return void transports[0]?.handlePostMessage(request, response);
    const transport = new SSEServerTransport('/', response);
    transports.push(transport);
    return void mcp.connect(transport);
  });
  gate.token = account.next = 'second';
  const target = targetAt(await listen(server), { transport: 'sse', authorize: account });
  const pool = bench.pool();
  await pool.withSession(target, {}, async (session) => {
    await session.callTool({ name: 'one' });
    gate.token = account.next = 'third';
    await session.callTool({ name: 'one' });
  });
  expect(account.challenges.map(({ sent }) => sent)).toEqual(['Bearer first', 'Bearer second']);
  await pool.close();
  await stop(server);
});
