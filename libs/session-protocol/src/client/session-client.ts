import type { CommandPayload, CommandType } from '../commands.js';
import type { DurableEvents, PassingEvents, ServerFrame, SessionSnapshot } from '../events.js';
import { Connection, type LinkStatus } from './connection.js';
import { ConnectionRefused } from './errors.js';
import { FrameStream } from './frame-stream.js';
import type { WireFrame } from './frames.js';
import { Outbox, type SendOptions } from './outbox.js';
import { pageOrigin } from './platform.js';
import { type Credential, type SocketConstructor, type Transport, webSocket } from './transports.js';

type Payloads = DurableEvents & PassingEvents;
export type EventType = keyof Payloads;
export type EventPayload<Type extends EventType> = Payloads[Type];

export interface CredentialRequest {
  serverId: string;
  /** The last one was refused or is too old: a new one is needed. */
  renew: boolean;
  signal: AbortSignal;
}
type Provider = (request: CredentialRequest) => string | Promise<string>;

export interface SessionOptions {
  /** Where the product is: `https://host`. In a browser the page's own origin when absent. */
  origin?: string;
  serverId: string;
  /** An access token or an API key; a function is asked before each connection. */
  token?: string | Provider;
  /** Asked before each connection for a ticket of `POST /api/v1/ws/tickets`: for browsers. */
  ticket?: Provider;
  /** Your latest session on the server, or a new one, when absent. */
  session?: string;
  /** The `seq` of the last event that you have; 0 is everything. */
  after?: number;
  /** `webSocket()` unless given; `socketIo(io)` for socket.io. */
  transport?: Transport;
  /** For platforms that have no WebSocket of their own. */
  WebSocket?: SocketConstructor;
  /** Waits between tries, in milliseconds; the last one repeats. */
  retryStepsMs?: readonly number[];
  /** So long may nothing be heard before the line counts as dead. */
  silenceMs?: number;
}

/** What `send` gives: the event, where the command always makes one. */
export type CommandResult<Type extends CommandType> = Type extends 'chat_message'
  ? Extract<ServerFrame, { type: 'chat_message' }>
  : void;

export interface SessionClient {
  /** Known from the first `hello` on. */
  readonly sessionId: string | undefined;
  /** The `seq` of the last event that came. */
  readonly lastSeq: number;
  readonly status: LinkStatus;
  /** The first snapshot. Rejects with `ConnectionRefused` when the session cannot be had. */
  readonly ready: Promise<SessionSnapshot>;
  /** Events of one type, stored ones once and in order. @returns what ends it */
  on<Type extends EventType>(
    type: Type,
    listener: (payload: Payloads[Type], frame: Extract<ServerFrame, { type: Type }>) => void,
  ): () => void;
  /** Every frame, those of types that this version does not know as well. */
  onFrame(listener: (frame: WireFrame) => void): () => void;
  onStatus(listener: (status: LinkStatus) => void): () => void;
  /**
   * Every event from this call on. Ends when the session is closed; throws when the reader falls 10,000 behind, or
   * when the session cannot be had.
   */
  events(): AsyncIterableIterator<ServerFrame>;
  /**
   * Resolves when the server has carried the command out, rejects with `CommandError`. It waits for the connection,
   * and is sent again after a lost one where a repeat is harmless.
   */
  send<Type extends CommandType>(
    type: Type,
    payload: CommandPayload<Type>,
    options?: SendOptions,
  ): Promise<CommandResult<Type>>;
  /** Sends once, now, and waits for nothing. @returns the frame's id, or undefined when there is no open line */
  post<Type extends CommandType>(type: Type, payload: CommandPayload<Type>): string | undefined;
  /** At once, also after it was closed. */
  reconnect(): void;
  close(): void;
}

const MOST_UNREAD = 10_000;

/** Takes part in a session: connects, replays what was missed, and stays until it is closed. */
export function connectSession(options: SessionOptions): SessionClient {
  const client = new Client(options);
  client.open();
  return client;
}

class Client implements SessionClient {
  readonly ready: Promise<SessionSnapshot>;
  private readonly connection: Connection;
  private readonly outbox: Outbox;
  private readonly listeners = new Map<string, Set<(payload: never, frame: never) => void>>();
  private readonly frameListeners = new Set<(frame: WireFrame) => void>();
  private readonly statusListeners = new Set<(status: LinkStatus) => void>();
  private readonly streams = new Set<FrameStream<ServerFrame>>();
  private beReady: { resolve: (snapshot: SessionSnapshot) => void; reject: (error: Error) => void } | undefined;

  constructor(options: SessionOptions) {
    const origin = options.origin ?? pageOrigin();
    if (origin === undefined) throw new TypeError('Outside a browser an origin is needed.');
    this.ready = new Promise((resolve, reject) => {
      this.beReady = { resolve, reject };
    });
    // Who does not wait for it hears of the failure elsewhere.
    this.ready.catch(() => undefined);
    this.connection = new Connection({
      origin: origin.replace(/^ws/, 'http').replace(/\/+$/, ''),
      serverId: options.serverId,
      session: options.session,
      after: options.after ?? 0,
      transport: options.transport ?? webSocket(options.WebSocket),
      credential: (request) => credentialOf(options, request),
      retryStepsMs: options.retryStepsMs,
      silenceMs: options.silenceMs,
      onFrame: (frame) => this.hear(frame),
      onStatus: (status) => this.heardStatus(status),
    });
    this.outbox = new Outbox((type, payload) => (this.isOnline ? this.connection.post(type, payload) : undefined));
  }

  get sessionId(): string | undefined {
    return this.connection.session;
  }

  get lastSeq(): number {
    return this.connection.lastSeq;
  }

  get status(): LinkStatus {
    return this.connection.status;
  }

  open(): void {
    this.connection.open();
  }

  on<Type extends EventType>(
    type: Type,
    listener: (payload: Payloads[Type], frame: Extract<ServerFrame, { type: Type }>) => void,
  ): () => void {
    const known = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, known);
    return join(known, listener);
  }

  onFrame(listener: (frame: WireFrame) => void): () => void {
    return join(this.frameListeners, listener);
  }

  onStatus(listener: (status: LinkStatus) => void): () => void {
    return join(this.statusListeners, listener);
  }

  events(): AsyncIterableIterator<ServerFrame> {
    const stream = new FrameStream<ServerFrame>(MOST_UNREAD, (ended) => this.streams.delete(ended));
    this.streams.add(stream);
    return stream;
  }

  async send<Type extends CommandType>(
    type: Type,
    payload: CommandPayload<Type>,
    options?: SendOptions,
  ): Promise<CommandResult<Type>> {
    return (await this.outbox.send(type, payload, options)) as CommandResult<Type>;
  }

  post<Type extends CommandType>(type: Type, payload: CommandPayload<Type>): string | undefined {
    return this.connection.post(type, payload);
  }

  reconnect(): void {
    this.connection.reconnect();
  }

  close(): void {
    this.connection.close();
  }

  private get isOnline(): boolean {
    return this.status.state === 'online' || this.status.state === 'slow';
  }

  private hear(frame: WireFrame): void {
    this.outbox.hear(frame);
    const known = frame as ServerFrame;
    for (const listener of this.listeners.get(frame.type) ?? []) {
      guarded(() => listener(known.payload as never, known as never));
    }
    for (const listener of this.frameListeners) guarded(() => listener(frame));
    for (const stream of this.streams) stream.push(known);
    if (known.type === 'session_snapshot') {
      this.beReady?.resolve(known.payload);
      this.outbox.online();
    }
  }

  private heardStatus(status: LinkStatus): void {
    const isDown = !['online', 'slow', 'replaying'].includes(status.state);
    if (isDown) this.outbox.offline();
    for (const listener of this.statusListeners) guarded(() => listener(status));
    if (status.state !== 'closed') return;
    this.outbox.close();
    const refused = new ConnectionRefused(status.reason ?? 'closed', status.message);
    this.beReady?.reject(refused);
    for (const stream of this.streams) stream.end(status.reason === 'closed' ? undefined : refused);
  }
}

async function credentialOf(
  { serverId, token, ticket }: SessionOptions,
  request: Omit<CredentialRequest, 'serverId'>,
): Promise<Credential> {
  if (ticket) return { ticket: await ticket({ ...request, serverId }) };
  if (typeof token === 'function') return { token: await token({ ...request, serverId }) };
  if (token === undefined) throw new ConnectionRefused('sign_in_again', 'A token or a ticket is needed.');
  // There is no other one to be had.
  if (request.renew) throw new ConnectionRefused('no_access', 'The access token is not valid any more.');
  return { token };
}

function join<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What one listener throws is not the others' trouble; it is reported as an uncaught error. */
function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
