import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { listen, stop } from './servers.js';

export interface Fault {
  url: string;
  close(): Promise<void>;
}

const tlsFile = (name: string) => readFileSync(join(process.cwd(), 'libs/mcp-client/test-support', name));

/** An HTTP server that answers every request in one odd way. */
export async function http(answer: RequestListener): Promise<Fault> {
  const server = createServer(answer);
  return { url: `${await listen(server)}/mcp`, close: () => stop(server) };
}

/** The same behind a certificate that nobody trusts. */
export async function https(answer: RequestListener): Promise<Fault> {
  const server = createTlsServer({ key: tlsFile('localhost.key.pem'), cert: tlsFile('localhost.cert.pem') }, answer);
  const origin = await listen(server);
  return { url: `${origin.replace('http:', 'https:')}/mcp`, close: () => stop(server) };
}

/** A server of raw bytes. */
export async function tcp(answer: (socket: Socket) => void, scheme = 'http'): Promise<Fault> {
  const sockets = new Set<Socket>();
  const server: TcpServer = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    answer(socket);
  });
  const origin = await listen(server);
  return {
    url: `${origin.replace('http', scheme)}/mcp`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** An address where nothing listens. */
export async function nobody(): Promise<Fault> {
  const fault = await tcp(() => undefined);
  await fault.close();
  return { url: fault.url, close: async () => undefined };
}
