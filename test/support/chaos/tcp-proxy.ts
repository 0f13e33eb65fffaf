import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

interface Pair {
  client: Socket;
  server: Socket;
  frozen: boolean;
}

/** The first byte of a WebSocket's last frame (RFC 6455, 5.2: FIN and opcode 8). */
const CLOSE_FRAME = 0x88;

/** Stands between a client and the product, and spoils what passes. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private readonly server = createServer({ allowHalfOpen: true }, (client) => this.join(client));

  private limit: { bytes: number; reached: () => void } | undefined;

  private constructor(private readonly target: number) {}

  static async to(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resets what is open, both ways. */
  reset(): void {
    for (const pair of this.live()) {
      pair.client.resetAndDestroy();
      pair.server.resetAndDestroy();
    }
  }

  /** Ends the client's side only: the product hears of it in the ordinary way. */
  drop(): void {
    for (const { client, server } of this.live()) {
      client.destroy();
      server.end();
    }
  }

  /**
   * Forwards nothing more on what is open, without a word to either side.
   * @returns for each connection, when it settles, the milliseconds until the product gave it up
   */
  freeze(): Promise<number>[] {
    const startedAt = performance.now();
    return this.live().map((pair) => {
      const { client, server } = pair;
      pair.frozen = true;
      client.pause();
      client.unpipe(server);
      server.unpipe(client);
      return new Promise<number>((resolve) => {
        const done = () => resolve(performance.now() - startedAt);
        server.once('end', done).once('close', done);
        // Read on, into nothing: the product's bytes are acknowledged, as by a network that lost the client.
        server.on('data', (data: Buffer) => data[0] === CLOSE_FRAME && done()).resume();
      });
    });
  }

  /** The next connection falls silent, as with `freeze`, once so many bytes of the product's have passed; settles then. */
  freezeNextAfter(bytes: number): Promise<void> {
    return new Promise((reached) => {
      this.limit = { bytes, reached };
    });
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const { client, server } of this.pairs) {
      client.destroy();
      server.destroy();
    }
    await closed;
  }

  private live(): Pair[] {
    return [...this.pairs].filter(({ frozen }) => !frozen);
  }

  private join(client: Socket): void {
    const server = connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true });
    const pair: Pair = { client, server, frozen: false };
    this.pairs.add(pair);
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
    const { limit } = this;
    this.limit = undefined;
    client.pipe(server);
    if (limit) this.passOnly(pair, limit);
    else server.pipe(client);
    server.once('close', () => {
      this.pairs.delete(pair);
      client.destroy();
    });
    client.once('close', () => {
      if (!pair.frozen) server.destroy();
    });
  }

  private passOnly(pair: Pair, { bytes, reached }: { bytes: number; reached: () => void }): void {
    const { client, server } = pair;
    let left = bytes;
    server.on('data', (data: Buffer) => {
      if (left > 0) client.write(data.subarray(0, left));
      const isFirst = left > 0;
      left -= data.length;
      if (left > 0 || !isFirst) return;
      pair.frozen = true;
      client.pause();
      client.unpipe(server);
      reached();
    });
  }
}
