import type { CommandPayload, CommandType } from '@app/session-protocol';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

export interface Frame {
  type: string;
  payload: Record<string, unknown>;
  v?: number;
  id?: string;
  seq?: number;
  ts?: string;
  session_id?: string;
}

export interface ConnectOptions {
  serverId: string;
  token?: string;
  /** In the `Authorization` header. */
  bearer?: string;
  ticket?: string;
  session?: string;
  after?: number | string;
}

export type Match = string | ((frame: Frame) => boolean);

/** One connected client, whatever carries it. */
export interface SessionClient {
  /** Everything that came, in order. */
  readonly frames: readonly Frame[];
  /** Numbers of the durable frames that came, in order. */
  readonly seqs: number[];
  /** The close code of ours, or that of the transport where we gave none. */
  readonly closed: Promise<number>;
  send<Type extends CommandType>(type: Type, payload: CommandPayload<Type>, envelope?: { id?: string }): void;
  /** Anything, valid or not. */
  sendRaw(type: unknown, payload: unknown, envelope?: object): void;
  /** The next frame after the one that was taken last; those before it are passed over. */
  next(match: Match, withinMs?: number): Promise<Frame>;
  /** The first frame ever that matches, past or to come. */
  seen(match: Match, withinMs?: number): Promise<Frame>;
  /** Takes nothing more from the network, until `goOn`. */
  pause(): void;
  goOn(): void;
  /** Destroys the TCP connection without a word. */
  cut(): void;
  close(): void;
}

export interface Transport {
  name: string;
  connect(url: string, options: ConnectOptions): SessionClient;
}

const PATIENCE_MS = 10_000;

/** Frames as they came, and those who wait for one. */
class Inflow {
  readonly frames: Frame[] = [];
  readonly closed: Promise<number>;
  private taken = 0;
  private wake = new Set<() => void>();
  private tellClosed: (code: number) => void = () => undefined;
  private closeCode: number | undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.tellClosed = resolve;
    });
  }

  push(frame: Frame): void {
    this.frames.push(frame);
    for (const wake of [...this.wake]) wake();
  }

  end(code: number): void {
    this.closeCode = code;
    this.tellClosed(code);
    for (const wake of [...this.wake]) wake();
  }

  async next(match: Match, withinMs = PATIENCE_MS): Promise<Frame> {
    const [frame, at] = await this.find(match, () => this.taken, withinMs);
    this.taken = at + 1;
    return frame;
  }

  async seen(match: Match, withinMs = PATIENCE_MS): Promise<Frame> {
    const [frame] = await this.find(match, () => 0, withinMs);
    return frame;
  }

  private async find(match: Match, from: () => number, withinMs: number): Promise<[Frame, number]> {
    const fits = typeof match === 'string' ? ({ type }: Frame) => type === match : match;
    const start = from();
    for (const giveUpAt = Date.now() + withinMs; ;) {
      const at = this.frames.findIndex((frame, index) => index >= start && fits(frame));
      const frame = this.frames[at];
      if (frame) return [frame, at];
      if (this.closeCode !== undefined) throw new Error(`Closed with ${this.closeCode}. ${this.tail(start)}`);
      if (Date.now() >= giveUpAt) throw new Error(`${String(match)} did not come. ${this.tail(start)}`);
      await this.arrival(giveUpAt - Date.now());
    }
  }

  private arrival(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wake.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.wake.add(done);
    });
  }

  private tail(start: number): string {
    const came = this.frames.slice(start).slice(-15);
    return `Came: ${came.map((frame) => JSON.stringify([frame.seq, frame.type, frame.payload]).slice(0, 300)).join('\n')}`;
  }
}

const seqsOf = (frames: readonly Frame[]) => frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));

function queryOf({ token, ticket, session, after }: ConnectOptions): Record<string, string> {
  return {
    ...(token !== undefined && { token }),
    ...(ticket !== undefined && { ticket }),
    ...(session !== undefined && { session }),
    ...(after !== undefined && { after: String(after) }),
  };
}

export interface RawSessionClient extends SessionClient {
  socket: WebSocket;
}

/** Frames `{type, payload}` over a plain WebSocket. */
export function connectRaw(url: string, options: ConnectOptions, path = '/ws/server/'): RawSessionClient {
  const query = new URLSearchParams(queryOf(options)).toString();
  const address = `${url.replace(/^http/, 'ws')}${path}${options.serverId}${query === '' ? '' : `?${query}`}`;
  const headers = options.bearer === undefined ? {} : { authorization: `Bearer ${options.bearer}` };
  const socket = new WebSocket(address, { headers });
  const inflow = new Inflow();
  socket.on('message', (data: Buffer) => inflow.push(JSON.parse(data.toString('utf8')) as Frame));
  socket.on('error', () => undefined);
  socket.on('close', (code) => inflow.end(code));
  const post = (text: string) => {
    if (socket.readyState === WebSocket.CONNECTING) socket.once('open', () => socket.send(text));
    else socket.send(text);
  };
  const sendRaw = (type: unknown, payload: unknown, envelope: object = {}) =>
    post(JSON.stringify({ type, payload, ...envelope }));
  return {
    socket,
    frames: inflow.frames,
    get seqs() {
      return seqsOf(inflow.frames);
    },
    closed: inflow.closed,
    send: sendRaw,
    sendRaw,
    next: (match, ms) => inflow.next(match, ms),
    seen: (match, ms) => inflow.seen(match, ms),
    pause: () => socket.pause(),
    goOn: () => socket.resume(),
    cut: () => socket.terminate(),
    close: () => socket.close(),
  };
}

/** What Node's `ws` tells socket.io's client of a closed socket. */
interface DisconnectDetails {
  context?: { code?: number };
}

/** `emit(type, payload)` over socket.io. */
export function connectSocketIo(
  url: string,
  options: ConnectOptions,
  transports: ('websocket' | 'polling')[] = ['websocket'],
): SessionClient {
  const socket = io(`${url}/ws/server/${options.serverId}`, {
    auth: queryOf(options),
    transports,
    forceNew: true,
    reconnection: false,
    ...(options.bearer === undefined ? {} : { extraHeaders: { authorization: `Bearer ${options.bearer}` } }),
  });
  const inflow = new Inflow();
  let told: number | undefined;
  socket.onAny((type: string, payload: Frame['payload'], envelope: Partial<Frame> = {}) => {
    const details = payload.details as { close_code?: number } | undefined;
    if (type === 'error' && details?.close_code !== undefined) told = details.close_code;
    inflow.push({ ...envelope, type, payload });
  });
  socket.on('connect_error', (error: Error & { data?: { code: string; close_code: number } }) => {
    if (error.data) inflow.push({ type: 'error', payload: { ...error.data, message: error.message } });
    inflow.end(error.data?.close_code ?? 1006);
    socket.disconnect();
  });
  socket.on('disconnect', (_reason, details) => {
    inflow.end(told ?? (details as DisconnectDetails | undefined)?.context?.code ?? 1006);
  });
  const carrier = () => socket.io.engine.transport as unknown as { ws?: WebSocket };
  const sendRaw = (type: unknown, payload: unknown, envelope: object = {}) =>
    void socket.emit(type as string, payload, envelope);
  return {
    frames: inflow.frames,
    get seqs() {
      return seqsOf(inflow.frames);
    },
    closed: inflow.closed,
    send: sendRaw,
    sendRaw,
    next: (match, ms) => inflow.next(match, ms),
    seen: (match, ms) => inflow.seen(match, ms),
    pause: () => carrier().ws?.pause(),
    goOn: () => carrier().ws?.resume(),
    cut: () => carrier().ws?.terminate(),
    close: () => void socket.close(),
  };
}

/** Every behaviour of a session holds over each of them. */
export const TRANSPORTS: Transport[] = [
  { name: 'raw WebSocket', connect: (url, options) => connectRaw(url, options) },
  { name: 'socket.io', connect: (url, options) => connectSocketIo(url, options) },
];
