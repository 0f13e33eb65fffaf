import { HOSTILE } from '../test-support/hostile-urls.js';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgressGuard, EgressRefused, type EgressGuard, type EgressGuardOptions } from './index.js';

/** A server on every interface that counts who came. */
interface Trap {
  port: number;
  connections: number;
  server: Server;
}

let trap: Trap;
const guards: EgressGuard[] = [];

function guardWith(options: Partial<EgressGuardOptions> = {}): EgressGuard {
  const guard = createEgressGuard({ allow: [], loopback: 'refused', lookup: table, ...options });
  guards.push(guard);
  return guard;
}

const NAMES: Record<string, string[]> = {
  'inner.test': ['10.0.0.5'],
  'metadata.test': ['169.254.169.254'],
  'mixed.test': ['93.184.215.14', '127.0.0.1'],
  'six.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'zoned.test': ['fe80::1%lo'],
  'public.test': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'nat64.test': ['64:ff9b::5db8:d70e'],
  'loop.test': ['127.0.0.1'],
  'xn--mnchen-3ya.test': ['93.184.215.14'],
  'empty.test': [],
};

const table = async (host: string) => {
  const found = NAMES[host];
  if (!found) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
  return found.map((address) => ({ address, family: address.includes(':') ? (6 as const) : (4 as const) }));
};

beforeAll(async () => {
  const server = createServer((request, response) => {
    if (request.url === '/same') return response.writeHead(307, { location: '/end' }).end();
    if (request.url === '/loop') return response.writeHead(302, { location: '/loop' }).end();
    if (request.url === '/away') {
      return response.writeHead(302, { location: `http://127.0.0.2:${trap.port}/end` }).end();
    }
    if (request.url === '/file') return response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    if (request.url === '/seeother') return response.writeHead(303, { location: '/end' }).end();
    request.resume();
    request.on('end', () => response.end(`${request.method} ${request.headers.host}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  trap = { server, connections: 0, port: (server.address() as AddressInfo).port };
  server.on('connection', () => trap.connections++);
});

beforeEach(() => {
  trap.connections = 0;
});

afterEach(async () => {
  await Promise.all(guards.splice(0).map((guard) => guard.close()));
});

afterAll(async () => {
  trap.server.closeAllConnections();
  await new Promise((resolve) => trap.server.close(resolve));
});

describe('a closed guard', () => {
  it.each(HOSTILE)('refuses %j without a connection', async (spelling) => {
    const guard = guardWith();
    const url = spelling.replace('PORT', String(trap.port));
    await expect(guard.check(url)).rejects.toBeInstanceOf(EgressRefused);
    await expect(guard.fetch(url)).rejects.toBeInstanceOf(EgressRefused);
    expect(trap.connections).toBe(0);
  });

  it.each(['http://127.0.0.1:PORT/', 'http://[::ffff:127.0.0.1]:PORT/', 'http://loop.test:PORT/'])(
    'refuses %s at its agent too, for callers that bring their own fetch',
    async (spelling) => {
      const url = new URL(spelling.replace('PORT', String(trap.port)));
      const agent = guardWith().dispatcher({ verifyTls: true, connectTimeoutMs: 1000 });
      await expect(agent.request({ origin: url.origin, path: '/', method: 'GET' })).rejects.toBeInstanceOf(
        EgressRefused,
      );
      expect(trap.connections).toBe(0);
    },
  );

  it.each([
    ['http://public.test/', 'public'],
    ['https://public.test./', 'public'],
    ['http://nat64.test/', 'public'],
    ['http://[2002:808:808::1]/', 'public'],
    ['http://[2606:4700::1111]:8443/', 'public'],
    ['http://8.8.8.8:1/', 'public'],
    ['http://public.test:0/', 'public'],
    ['https://MÜNCHEN.test/', 'public'],
  ])('lets %s pass', async (url, reason) => {
    await expect(guardWith().check(url)).resolves.toMatchObject({ reason });
  });

  it('says nothing about what an inner name resolved to', async () => {
    const refusal = await guardWith()
      .check('http://inner.test/')
      .catch((error: unknown) => error);
    expect(JSON.stringify([refusal, String(refusal)])).not.toContain('10.0.0.5');
  });
});

describe('an opened guard', () => {
  it.each([
    ['loopback allowed', { loopback: 'allowed' as const }, 'http://127.0.0.1:PORT/', 'loopback'],
    ['loopback allowed', { loopback: 'allowed' as const }, 'http://localhost:PORT/', 'loopback'],
    ['loopback allowed', { loopback: 'allowed' as const }, 'http://[::1]:PORT/', 'loopback'],
    ['a name', { allow: ['loop.test'] }, 'http://loop.test:PORT/', 'allowed'],
    ['a name and port', { allow: ['LOOP.test.:PORT'] }, 'http://loop.test:PORT/', 'allowed'],
    ['an address', { allow: ['127.0.0.1'] }, 'http://loop.test:PORT/', 'allowed'],
    ['an address and port', { allow: ['[::1]:PORT'] }, 'http://[::1]:PORT/', 'allowed'],
    ['a block', { allow: ['127.0.0.0/8'] }, 'http://127.1:PORT/', 'allowed'],
    ['a block of IPv6', { allow: ['::1/128'] }, 'http://six.test:PORT/', 'allowed'],
    [
      'an exempt origin',
      { exemptOrigins: () => [`http://127.0.0.1:${trap.port}`] },
      'http://127.0.0.1:PORT/',
      'exempt',
    ],
  ])('connects by %s', async (_by, options, spelling, reason) => {
    const withPort = (text: string) => text.replace('PORT', String(trap.port));
    const allow = 'allow' in options ? options.allow.map(withPort) : [];
    const guard = guardWith({ ...options, allow });
    const url = withPort(spelling);
    await expect(guard.check(url)).resolves.toMatchObject({ reason });
    const response = await guard.fetch(url);
    expect(await response.text()).toBe(`GET ${new URL(url).host}`);
    expect(trap.connections).toBe(1);
  });

  it.each([
    ['another port', { allow: ['loop.test:1'] }, 'http://loop.test:PORT/'],
    ['another name for the same address', { allow: ['loop.test'] }, 'http://127.0.0.1:PORT/'],
    ['a link-local address behind a trusted name', { allow: ['metadata.test'] }, 'http://metadata.test/'],
    ['a private address where loopback is allowed', { loopback: 'allowed' as const }, 'http://10.0.0.1/'],
    ['the unspecified address where loopback is allowed', { loopback: 'allowed' as const }, 'http://0.0.0.0:PORT/'],
    ['loopback behind a translator', { loopback: 'allowed' as const }, 'http://[64:ff9b::7f00:1]:PORT/'],
    ['another origin than the exempt one', { exemptOrigins: () => ['http://127.0.0.1:1'] }, 'http://127.0.0.1:PORT/'],
  ])('still refuses %s', async (_what, options, spelling) => {
    const guard = guardWith(options);
    await expect(guard.fetch(spelling.replace('PORT', String(trap.port)))).rejects.toMatchObject({
      code: 'EGRESS_ADDRESS',
    });
    expect(trap.connections).toBe(0);
  });

  it('names a port that HTTP may not use', async () => {
    const refused = guardWith({ loopback: 'allowed' }).fetch('http://127.0.0.1:25/');
    await expect(refused).rejects.toMatchObject({ code: 'EGRESS_URL_INVALID' });
  });

  it('ignores a proxy of the environment', async () => {
    process.env.HTTP_PROXY = 'http://127.0.0.1:9';
    try {
      const response = await guardWith({ loopback: 'allowed' }).fetch(`http://127.0.0.1:${trap.port}/`);
      expect(response.status).toBe(200);
    } finally {
      delete process.env.HTTP_PROXY;
    }
  });
});

describe('rebinding', () => {
  it('judges what it connects to, not what was resolved before', async () => {
    const answers = ['93.184.215.14', '127.0.0.1'];
    const guard = guardWith({ lookup: async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 }] });
    await guard.check(`http://rebind.test:${trap.port}/`);
    await expect(guard.fetch(`http://rebind.test:${trap.port}/`)).rejects.toMatchObject({ code: 'EGRESS_ADDRESS' });
    expect(trap.connections).toBe(0);
  });

  it('connects to the judged address and asks the resolver once for it', async () => {
    let asked = 0;
    const lookup = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 as const }];
    const guard = guardWith({ lookup, allow: ['127.0.0.1'] });
    const response = await guard.fetch(`http://rebind.test:${trap.port}/`);
    expect(await response.text()).toBe(`GET rebind.test:${trap.port}`);
    expect(asked).toBe(1);
  });

  it('gives up on a resolver that never answers', async () => {
    const guard = guardWith({ lookup: () => new Promise(() => undefined) });
    const signal = AbortSignal.timeout(50);
    await expect(guard.check('http://slow.test/', { signal })).rejects.toMatchObject({ code: 'EGRESS_TIMEOUT' });
  });
});

describe('redirects', () => {
  const at = (path: string) => `http://127.0.0.1:${trap.port}${path}`;

  it('are followed within the origin, with method and body where the status keeps them', async () => {
    const guard = guardWith({ loopback: 'allowed' });
    const kept = await guard.fetch(at('/same'), { method: 'POST', body: '{}' });
    expect(await kept.text()).toMatch(/^POST /);
    const turned = await guard.fetch(at('/seeother'), { method: 'POST', body: '{}' });
    expect(await turned.text()).toMatch(/^GET /);
  });

  it.each(['/away', '/loop', '/file'])('%s is refused', async (path) => {
    const guard = guardWith({ loopback: 'allowed' });
    await expect(guard.fetch(at(path))).rejects.toMatchObject({ code: 'EGRESS_REDIRECT' });
  });

  it('are handed over where the caller wants to see them', async () => {
    const response = await guardWith({ loopback: 'allowed' }).fetch(at('/away'), { redirect: 'manual' });
    expect(response.status).toBe(302);
  });
});
