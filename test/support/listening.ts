import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** On a port of this machine: any, or one where it was before. @returns its origin */
export async function listenHere(server: Server, port = 0): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Breaks what is open. A server that does not listen is left as it is. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  (server as Partial<HttpServer>).closeAllConnections?.();
  await closed;
}

/** A port where nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const { port } = new URL(await listenHere(probe));
  await stopListening(probe);
  return Number(port);
}
