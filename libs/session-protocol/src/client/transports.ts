import { newId } from './ids.js';
import { isRecord, readFrame, toFrame, type WireFrame } from './frames.js';

export type Credential = { token: string } | { ticket: string };

export interface Dial {
  /** `https://host`, without a slash at the end. */
  origin: string;
  serverId: string;
  credential: Credential;
  session: string | undefined;
  after: number;
}

export interface Line {
  /** False where nothing can be sent now. */
  send(type: string, payload: object, id: string): boolean;
  close(): void;
}

export interface LineEvents {
  onFrame(frame: WireFrame): void;
  /** Once, with the number that the server gave or that of the transport. */
  onClose(code: number): void;
}

/** One carrier of frames. It tells nothing more after it was closed by its owner. */
export type Transport = (dial: Dial, events: LineEvents) => Line;

/** What is used of the platform's `WebSocket`; the `ws` package has the same. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
}
export type SocketConstructor = new (url: string) => SocketLike;

const OPEN = 1;

/**
 * Frames `{type, payload}` over a WebSocket (RFC 6455): the platform's own unless one is given.
 * @throws Error where there is none; once it dials, that would count as a line that is down, and be tried for ever
 */
export function webSocket(given?: SocketConstructor): Transport {
  const Socket = given ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (!Socket) throw new Error('This platform has no WebSocket: pass one, e.g. that of the package ws.');
  return (dial, { onFrame, onClose }) => {
    const query = new URLSearchParams(toHandshake(dial)).toString();
    const address = `${dial.origin.replace(/^http/, 'ws')}/ws/server/${encodeURIComponent(dial.serverId)}?${query}`;
    const socket = new Socket(address);
    socket.addEventListener('message', ({ data }) => {
      const frame = typeof data === 'string' ? readFrame(data) : undefined;
      if (frame) onFrame(frame);
    });
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code }) => onClose(code));
    return {
      send: (type, payload, id) => {
        if (socket.readyState !== OPEN) return false;
        socket.send(JSON.stringify({ type, payload, id }));
        return true;
      },
      close: () => socket.close(),
    };
  };
}

/** What is used of a socket of the package `socket.io-client`. */
export interface IoSocket {
  readonly connected: boolean;
  on(event: string, listener: (...args: never[]) => void): unknown;
  onAny(listener: (type: string, ...args: unknown[]) => void): unknown;
  emit(type: string, ...args: unknown[]): unknown;
  disconnect(): unknown;
}
export type Io = (url: string, options: Record<string, unknown>) => IoSocket;

const ABNORMAL = 1006;

/** `emit(type, payload, {id})` over socket.io: pass the `io` of the package `socket.io-client`. */
export function socketIo(io: Io, options: Record<string, unknown> = {}): Transport {
  return (dial, { onFrame, onClose }) => {
    const socket = io(`${dial.origin}/ws/server/${dial.serverId}`, {
      transports: ['websocket'],
      ...options,
      auth: toHandshake(dial),
      // A reconnection here would not know the last number.
      reconnection: false,
      forceNew: true,
    });
    let told: number | undefined;
    socket.onAny((type, payload, envelope) => {
      told = closeCodeIn(type, payload) ?? told;
      const frame = toFrame({ ...(isRecord(envelope) ? envelope : { id: newId() }), type, payload });
      if (frame) onFrame(frame);
    });
    socket.on('connect_error', (error: Error & { data?: { close_code?: number } }) => {
      socket.disconnect();
      onClose(error.data?.close_code ?? ABNORMAL);
    });
    socket.on('disconnect', (_reason: string, details?: { context?: { code?: number } }) => {
      onClose(told ?? details?.context?.code ?? ABNORMAL);
    });
    return {
      send: (type, payload, id) => {
        if (!socket.connected) return false;
        socket.emit(type, payload, { id });
        return true;
      },
      close: () => socket.disconnect(),
    };
  };
}

/** socket.io has no close codes: an `error` that names ours comes before the disconnect. */
function closeCodeIn(type: string, payload: unknown): number | undefined {
  const details = type === 'error' && isRecord(payload) ? payload.details : undefined;
  return isRecord(details) && typeof details.close_code === 'number' ? details.close_code : undefined;
}

const toHandshake = ({ credential, session, after }: Dial): Record<string, string> => ({
  ...credential,
  ...(session === undefined ? {} : { session }),
  after: String(after),
});
