import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  createEgressGuard,
  readDestination,
  type EgressGuard,
  type EgressReceiver,
  type EgressRequest,
} from '../src/index.js';

/** A server of raw bytes: each request that came whole is answered by whatever the test says. */
export class RawServer {
  readonly requests: string[] = [];
  readonly sockets: Socket[] = [];
  answer: (socket: Socket, request: string) => void = (socket) => void socket.write(reply('ok'));
  readonly #server: Server;

  constructor() {
    this.#server = createServer((socket) => {
      this.sockets.push(socket);
      let text = '';
      socket.setEncoding('utf8');
      socket.on('error', () => undefined);
      socket.on('data', (more: string) => {
        text += more;
        for (let end = endOf(text); end > 0; end = endOf(text)) {
          const request = text.slice(0, end);
          text = text.slice(end);
          this.requests.push(request);
          this.answer(socket, request);
        }
      });
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get open(): number {
    return this.sockets.filter((socket) => !socket.destroyed).length;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<unknown> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

function endOf(text: string): number {
  const head = text.indexOf('\r\n\r\n') + 4;
  if (head < 4) return 0;
  const length = Number(/content-length: (\d+)/.exec(text.slice(0, head))?.[1] ?? 0);
  const body = Buffer.from(text.slice(head));
  return body.length < length ? 0 : head + body.subarray(0, length).toString().length;
}

export const reply = (body: string, more = '', status = '200 OK') =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;

/** The next turn of the loop but one, by when a connection whose exchange has ended may be used again. */
export const rested = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

export async function until(fits: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!fits()) {
    if (Date.now() > giveUpAt) throw new Error('It did not come about.');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export interface Heard {
  status: number;
  body: string;
}

/** A guard and the server that it sends to, made anew for each test of a file. */
export class RawBench {
  server = new RawServer();
  guard = openGuard();

  /** Registers with the runner what goes before and after each test. */
  constructor() {
    beforeEach(async () => {
      this.server = new RawServer();
      await this.server.listen();
      this.guard = openGuard();
    });
    afterEach(async () => {
      await this.guard.close();
      await this.server.close();
    });
  }

  /** Sends one request; what a test wants to hear itself it gives in `hears`. */
  send(rest: Partial<EgressRequest> = {}, hears: Partial<EgressReceiver> = {}): Promise<Heard> {
    return new Promise((resolve, reject) => {
      const heard: Heard = { status: 0, body: '' };
      const receiver: EgressReceiver = {
        leaving: () => undefined,
        answered: (status) => void (heard.status = status),
        received: (chunk) => void (heard.body += chunk.toString()),
        ended: () => resolve(heard),
        failed: reject,
        ...hears,
      };
      const request: EgressRequest = {
        destination: rest.destination ?? readDestination(`${this.server.origin}/a?b=c`),
        verifyTls: true,
        connectTimeoutMs: 5_000,
        method: 'POST',
        headers: ['content-type', 'text/plain'],
        ...rest,
      };
      this.guard.send(request, receiver);
    });
  }
}

const openGuard = (): EgressGuard => createEgressGuard({ allow: [], loopback: 'allowed' });
