import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AesSealer, type Limits, McpEndpoint } from '../src/index.js';
import { FixtureBackend } from './fixture-backend.js';
import { MemoryCourier, MemorySessions } from './memory.js';

export interface Shared {
  sessions: MemorySessions;
  courier: MemoryCourier;
  sealer: AesSealer;
}

export const shared = (): Shared => ({
  sessions: new MemorySessions(),
  courier: new MemoryCourier(),
  sealer: new AesSealer(randomBytes(32)),
});

export interface Served {
  url: string;
  backend: FixtureBackend;
  endpoint: McpEndpoint<string>;
  errors: unknown[];
  shared: Shared;
  close(): Promise<void>;
}

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** An endpoint as a host would mount it. The caller is the `x-caller` header, `ada` without one. */
export async function serve(limits: Partial<Limits> = {}, common: Shared = shared()): Promise<Served> {
  const backend = new FixtureBackend();
  const errors: unknown[] = [];
  const endpoint = new McpEndpoint({ backend, ...common, limits, onError: (error) => errors.push(error) });
  const server = createServer((request, response) => {
    const { host = '', origin, 'x-caller': caller = 'ada' } = request.headers;
    if (!LOCAL.test(host) || (origin !== undefined && !LOCAL.test(new URL(origin).host))) {
      response.writeHead(403).end();
      return;
    }
    void endpoint.handle(request, response, String(caller), { key: `key of ${String(caller)}` });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    backend,
    endpoint,
    errors,
    shared: common,
    close: async () => {
      await endpoint.close({ graceMs: 100 });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
