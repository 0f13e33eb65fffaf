import type { CheckedAddress } from '@app/egress';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * Opens TCP to the first judged address that answers.
 * @throws the last socket error
 */
export async function connectTcp(
  { addresses, port }: CheckedAddress,
  signal: AbortSignal,
): Promise<{ socket: Socket; ms: number }> {
  const startedAt = performance.now();
  let last: unknown;
  for (const { address } of addresses) {
    try {
      const socket = await dial(address, port, signal);
      return { socket, ms: performance.now() - startedAt };
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/**
 * Shakes hands over an open socket.
 * @returns what was agreed upon, for a person
 * @throws the TLS error; the socket is the caller's to destroy
 */
export function agreeOnTls(socket: Socket, { host }: CheckedAddress, verifyTls: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({
      socket,
      host,
      rejectUnauthorized: verifyTls,
      ...(isIP(host) ? {} : { servername: host }),
    });
    secured.once('secureConnect', () => {
      const trust = secured.authorized ? 'trusted certificate' : 'certificate not verified';
      resolve(`${secured.getProtocol() ?? 'TLS'}, ${trust}`);
      secured.destroy();
    });
    secured.once('error', reject);
    secured.once('close', () => reject(Object.assign(new Error('Closed before TLS was agreed.'), { code: 'EPROTO' })));
  });
}

function dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const abort = () => socket.destroy(new Error('Aborted.'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
    socket.on('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    });
  });
}
