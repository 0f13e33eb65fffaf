import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../../platform/metrics/metrics.js';
import { isBearer } from './metrics-access.js';

interface MetricsServerOptions {
  host: string;
  port: number;
  /** Unset: who reaches the port may read. */
  token: string | undefined;
}

export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

const REQUEST_MS = 10_000;

/** `/metrics` on a port of its own, which only those who watch can reach. @throws when the port is taken */
export async function serveMetrics(metrics: Metrics, options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: REQUEST_MS }, (request, response) => {
    answer(metrics, options, request, response).catch(() => response.destroy());
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function answer(
  metrics: Metrics,
  { token }: MetricsServerOptions,
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const say = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
    void response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
  if (url?.split('?', 1)[0] !== '/metrics') return say(404, 'There is only /metrics here.\n');
  if (method !== 'GET' && method !== 'HEAD') return say(405, 'Only to be read.\n');
  if (token !== undefined && !isBearer(headers.authorization, token)) {
    response.setHeader('www-authenticate', 'Bearer');
    return say(401, 'Send METRICS_TOKEN as a bearer token.\n');
  }
  const { contentType, text } = await metrics.expose();
  say(200, text, contentType);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
