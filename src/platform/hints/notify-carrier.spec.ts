import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createLogger } from '../logging/logger.js';
import { NotifyCarrier } from './notify-carrier.js';

/** One message of PostgreSQL's protocol, version 3. */
function message(type: string, body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), size, body]);
}

const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
const REFUSED = Buffer.concat([
  message('E', Buffer.from('SERROR\0C25006\0Mcannot execute LISTEN during recovery\0\0')),
  message('Z', Buffer.from('I')),
]);

describe('hints over NOTIFY', () => {
  it('keep no connection on which they cannot listen, as to a database that is a copy for the moment', async () => {
    const open = new Set<Socket>();
    const server = createServer((socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket)).on('error', () => undefined);
      socket.once('data', () => {
        socket.write(WELCOME);
        socket.on('data', (data: Buffer) => void (data[0] === 'Q'.charCodeAt(0) && socket.write(REFUSED)));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const logger = createLogger({ level: 'silent', format: 'json' });
    const place = { host: '127.0.0.1', port, user: 'me', password: 'mine', database: 'it' };
    const carrier = new NotifyCarrier(place, 'here', logger);
    await expect(carrier.start({ onHint: () => undefined, onGap: () => undefined })).rejects.toThrow('during recovery');
    const [last] = open;
    try {
      if (last) await once(last, 'close', { signal: AbortSignal.timeout(3_000) });
      expect(open.size).toBe(0);
    } finally {
      for (const socket of open) socket.destroy();
      server.close();
    }
  });
});
