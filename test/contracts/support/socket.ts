import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { MESSAGES, type MessageType } from './document.js';

const Frame = z.looseObject({ type: z.string(), payload: z.looseObject({}) });
export type Frame = z.output<typeof Frame>;

const WAIT_MS = 25_000;

/** A socket on a server, as a client of the document has it: frames `{type, payload}` out and in, all kept. */
export class Socket {
  readonly frames: Frame[] = [];
  private readonly taken = new Set<Frame>();
  private readonly bells = new Set<() => void>();

  private readonly whenClosed: Promise<number>;

  private constructor(private readonly ws: WebSocket) {
    this.whenClosed = new Promise((resolve) => ws.once('close', resolve));
    ws.on('message', (data: Buffer) => {
      this.frames.push(Frame.parse(JSON.parse(data.toString('utf8'))));
      for (const ring of this.bells) ring();
    });
  }

  /** @param path with its query, below the origin */
  static async open(origin: string, path: string, token?: string): Promise<Socket> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const ws = new WebSocket(origin.replace(/^http/, 'ws') + path, { headers, handshakeTimeout: 10_000 });
    const socket = new Socket(ws);
    await once(ws, 'open');
    return socket;
  }

  send(type: string, payload: object): void {
    this.ws.send(JSON.stringify({ type, payload }));
  }

  /** The first frame of the type, not taken before, that fits. */
  async frame(type: string, fits: (payload: Frame['payload']) => boolean = () => true): Promise<Frame['payload']> {
    const giveUp = AbortSignal.timeout(WAIT_MS);
    for (;;) {
      const found = this.frames.find((frame) => frame.type === type && !this.taken.has(frame) && fits(frame.payload));
      if (found) {
        this.taken.add(found);
        return found.payload;
      }
      if (giveUp.aborted) {
        const seen = this.frames.map((frame) => frame.type).join(' ');
        throw new Error(`No ${type} came within ${WAIT_MS} ms. There came: ${seen}.`);
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.bells.delete(wake);
          giveUp.removeEventListener('abort', wake);
          resolve();
        };
        this.bells.add(wake);
        giveUp.addEventListener('abort', wake);
      });
    }
  }

  /** A message that the document prints, checked against it. */
  async message<Type extends MessageType>(
    type: Type,
    fits?: (payload: Frame['payload']) => boolean,
  ): Promise<z.output<(typeof MESSAGES)[Type]>> {
    return MESSAGES[type].parse(await this.frame(type, fits)) as z.output<(typeof MESSAGES)[Type]>;
  }

  /** The code with which the server closes it. */
  async closed(): Promise<number> {
    const late = new Promise<never>((_, reject) => {
      AbortSignal.timeout(WAIT_MS).addEventListener('abort', () => reject(new Error('The socket stays open.')));
    });
    return Promise.race([this.whenClosed, late]);
  }

  async close(): Promise<void> {
    this.ws.close();
    await this.whenClosed;
  }
}
