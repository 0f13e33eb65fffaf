import type { ServerResponse } from 'node:http';
import { http, https, nobody, tcp, type Fault } from '../test-support/faults.js';
import { startEverything, startLegacyServer, startModernServer } from '../test-support/servers.js';
import { targetAt, testBench } from '../test-support/targets.js';
import { MAX_ANSWER_BYTES, probe, type ProbeCheckName, type ProbeReport, type UpstreamErrorCode } from './index.js';

const bench = testBench();
const TIMEOUT_MS = 800;

afterAll(() => bench.close());

const json = (response: ServerResponse, body: string, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);

const html = (response: ServerResponse, status: number) =>
  response.writeHead(status, { 'content-type': 'text/html' }).end('<html><h1>SECRET PAGE</h1></html>');

interface Case {
  what: string;
  start: () => Promise<Fault>;
  fails: ProbeCheckName;
  code: UpstreamErrorCode;
  cause: RegExp;
}

const FAULTS: Case[] = [
  { what: 'nothing listens', start: nobody, fails: 'network', code: 'UPSTREAM_UNREACHABLE', cause: /Nothing listens/ },
  {
    what: 'an unknown host',
    start: async () => ({ url: 'http://no-such-host.invalid/mcp', close: async () => undefined }),
    fails: 'address',
    code: 'UPSTREAM_UNREACHABLE',
    cause: /no host of that name/,
  },
  {
    what: 'a private address',
    start: async () => ({ url: 'http://10.1.2.3/mcp', close: async () => undefined }),
    fails: 'address',
    code: 'UPSTREAM_REFUSED',
    cause: /not allowed/,
  },
  {
    what: 'a black hole',
    start: () => tcp(() => undefined),
    fails: 'http',
    code: 'UPSTREAM_TIMEOUT',
    cause: /did not answer within 0.8 s/,
  },
  {
    what: 'garbage',
    start: () => tcp((socket) => socket.end('\x00\x01garbage\r\n\r\n')),
    fails: 'http',
    code: 'UPSTREAM_PROTOCOL',
    cause: /not in HTTP/,
  },
  {
    what: 'a server that hangs up',
    start: () => tcp((socket) => socket.once('data', () => socket.destroy())),
    fails: 'http',
    code: 'UPSTREAM_UNREACHABLE',
    cause: /closed the connection/,
  },
  {
    what: '401',
    start: () => http((_request, response) => json(response, '{"error":"unauthorized"}', 401)),
    fails: 'auth',
    code: 'UPSTREAM_AUTH',
    cause: /refused the credential/,
  },
  {
    what: '403',
    start: () => http((_request, response) => html(response, 403)),
    fails: 'auth',
    code: 'UPSTREAM_AUTH',
    cause: /does not let this account in/,
  },
  {
    what: '404',
    start: () => http((_request, response) => html(response, 404)),
    fails: 'http',
    code: 'UPSTREAM_PROTOCOL',
    cause: /no MCP server at this path/,
  },
  {
    what: '500 with a page',
    start: () => http((_request, response) => html(response, 500)),
    fails: 'http',
    code: 'UPSTREAM_ERROR',
    cause: /failed \(HTTP 500\)/,
  },
  {
    what: '200 with a page',
    start: () => http((_request, response) => html(response, 200)),
    fails: 'protocol',
    code: 'UPSTREAM_PROTOCOL',
    cause: /web page/,
  },
  {
    what: 'a redirect elsewhere',
    start: () => http((_request, response) => response.writeHead(307, { location: 'https://elsewhere.test/' }).end()),
    fails: 'http',
    code: 'UPSTREAM_REFUSED',
    cause: /redirects to another address/,
  },
  {
    what: 'plain HTTP on a TLS port',
    start: () => tcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), 'https'),
    fails: 'tls',
    code: 'UPSTREAM_TLS',
    cause: /does not speak TLS/,
  },
  {
    what: 'a self-signed certificate',
    start: () => https((_request, response) => html(response, 200)),
    fails: 'tls',
    code: 'UPSTREAM_TLS',
    cause: /not one that is trusted/,
  },
  {
    what: 'TLS that never shakes hands',
    start: () => tcp(() => undefined, 'https'),
    fails: 'tls',
    code: 'UPSTREAM_TIMEOUT',
    cause: /did not answer within/,
  },
  {
    what: 'headers, then nothing',
    start: () =>
      http((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{');
      }),
    fails: 'protocol',
    code: 'UPSTREAM_TIMEOUT',
    cause: /did not answer within/,
  },
  {
    what: 'invalid JSON',
    start: () => http((_request, response) => json(response, '{"jsonrpc":')),
    fails: 'protocol',
    code: 'UPSTREAM_PROTOCOL',
    cause: /not MCP/,
  },
  {
    what: 'JSON that is no JSON-RPC',
    start: () => http((_request, response) => json(response, '{"hello":"world"}')),
    fails: 'protocol',
    code: 'UPSTREAM_PROTOCOL',
    cause: /not MCP/,
  },
  {
    what: 'a JSON-RPC error on initialize',
    start: () =>
      http((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          const { id } = JSON.parse(body) as { id: unknown };
          const error = { code: -32603, message: 'database Bearer secret-token is down' };
          json(response, JSON.stringify({ jsonrpc: '2.0', id, error }));
        });
      }),
    fails: 'protocol',
    code: 'UPSTREAM_ERROR',
    cause: /database \*\*\* is down/,
  },
  {
    what: 'an answer without end',
    start: () =>
      http((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const chunk = Buffer.alloc(1024 * 1024, ' ');
        let sent = 0;
        const more = () => {
          while (sent < 2 * MAX_ANSWER_BYTES && !response.destroyed) {
            sent += chunk.length;
            if (!response.write(chunk)) return void response.once('drain', more);
          }
        };
        more();
      }),
    fails: 'protocol',
    code: 'UPSTREAM_PROTOCOL',
    cause: /larger than 16 MiB/,
  },
  {
    what: 'an event stream without end and without an answer',
    start: () =>
      http((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(() => response.write(': still here\n\n'), 50);
        response.on('close', () => clearInterval(timer));
      }),
    fails: 'protocol',
    code: 'UPSTREAM_TIMEOUT',
    cause: /did not answer within/,
  },
  {
    what: 'an event stream that ends without an answer',
    start: () =>
      http((_request, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': bye\n\n')),
    fails: 'protocol',
    code: 'UPSTREAM_UNREACHABLE',
    cause: /closed the connection before/,
  },
];

describe('a probe of a broken server', () => {
  it.each(FAULTS)('names the fault of $what', async ({ start, fails, code, cause }) => {
    const fault = await start();
    const headers = { authorization: 'Bearer secret-token' };
    const startedAt = performance.now();
    // The large answer takes longer than the others on a busy machine.
    const timeoutMs = cause.source.includes('16 MiB') ? 10_000 : TIMEOUT_MS;
    const report = await probe(bench.guard, targetAt(fault.url, { timeoutMs, headers }));
    const took = performance.now() - startedAt;
    await fault.close();

    const failed = report.checks.filter(({ status }) => status === 'failed');
    expect(failed).toEqual([expect.objectContaining({ name: fails, cause: expect.stringMatching(cause) as unknown })]);
    expect(failed[0]?.detail).toContain(code);
    expect(failed[0]?.fix ?? 'none needed').not.toBe('');
    expect(report.ok).toBe(false);
    expect(report.checks.map(({ name }) => name)).toHaveLength(8);
    expect(took).toBeLessThan(timeoutMs * 1.1 + 150);
    expect(JSON.stringify(report)).not.toMatch(/secret-token|SECRET PAGE/);
  });

  it('ends when its caller gives up', async () => {
    const fault = await tcp(() => undefined);
    const controller = new AbortController();
    const report = await probe(bench.guard, targetAt(fault.url), {
      signal: controller.signal,
      onCheck: ({ name }) => name === 'tls' && setImmediate(() => controller.abort()),
    });
    await fault.close();
    expect(report.checks.find(({ name }) => name === 'http')).toMatchObject({
      status: 'failed',
      cause: /cancelled/ as never,
    });
  });
});

describe('a probe of a working server', () => {
  const summaryOf = (report: ProbeReport, wanted: ProbeCheckName) =>
    report.checks.find(({ name }) => name === wanted)?.summary;

  it.each([
    ['legacy', startLegacyServer, '2025-11-25 (with handshake)'],
    ['modern', startModernServer, '2026-07-28 (stateless)'],
  ] as const)('passes step by step: %s', async (_era, start, protocol) => {
    const server = await start();
    const told: string[] = [];
    const report = await probe(bench.guard, targetAt(server.url), { onCheck: ({ name }) => told.push(name) });
    await server.close();
    expect(told).toEqual(['address', 'network', 'tls', 'http', 'auth', 'protocol', 'tools', 'sample_call']);
    expect(report.checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report).toMatchObject({ ok: true, counts: { resources: 0, prompts: 0 } });
    expect(summaryOf(report, 'protocol')).toContain(protocol);
    expect(summaryOf(report, 'sample_call')).toBe('echo {"text":"ping"} → "ping"');
    expect(report.latencyMs).toBeGreaterThan(0);
  });

  it('finds HTTP+SSE by itself', async () => {
    const server = await startEverything('sse');
    const report = await probe(bench.guard, targetAt(server.url));
    await server.close();
    expect(report).toMatchObject({ ok: true, protocol: { transport: 'sse', era: 'legacy' } });
    expect(report.counts.tools).toBeGreaterThan(8);
  });

  it('accepts a self-signed certificate where the target says so', async () => {
    const fault = await https((_request, response) => html(response, 200));
    const report = await probe(bench.guard, targetAt(fault.url, { verifyTls: false }));
    await fault.close();
    expect(summaryOf(report, 'tls')).toMatch(/TLSv1\.3, certificate not verified/);
    expect(report.checks.find(({ name }) => name === 'protocol')?.status).toBe('failed');
  });
});
