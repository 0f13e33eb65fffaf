import type { CommandPayload, CommandType } from '@app/session-protocol';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { sessionEnded } from '../api/signed-in.js';
import { readTokens, refreshTokens } from '../api/tokens.js';
import { reconnectDelay } from './backoff.js';
import { verdictOn } from './closing.js';
import { readFrame, type WireFrame } from './frames.js';
import { newId } from './ids.js';

export type LinkState = 'connecting' | 'online' | 'slow' | 'reconnecting' | 'replaying' | 'offline' | 'auth' | 'closed';

export interface Link {
  state: LinkState;
  /** Tries since the connection was lost. */
  attempt: number;
  /** When the next try starts, in epoch milliseconds. */
  next_at?: number;
  /** When the connection was lost, in epoch milliseconds. */
  lost_at?: number;
  notice?: string;
  action?: 'home' | 'servers' | 'retry';
  /** Milliseconds of the last ping. */
  rtt?: number;
}

const SILENCE_MS = 40_000;
const PING_MS = 15_000;
const SLOW_MS = 2_000;

interface Listener {
  serverId: string;
  sessionId: string;
  after: () => number;
  onFrames: (frames: WireFrame[]) => void;
  onLink: (link: Link) => void;
}

/** One session's line to the server: dials, listens, notices silence, and dials again until it is stopped. */
export class SessionSocket {
  private socket: WebSocket | undefined;
  private link: Link = { state: 'connecting', attempt: 0 };
  private stopped = false;
  private dialling = false;
  private redial: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;
  private pinged: { id: string; at: number } | undefined;
  private buffer: WireFrame[] = [];
  private flushing = false;

  constructor(private readonly listener: Listener) {}

  start(): void {
    addEventListener('online', this.wake);
    addEventListener('offline', this.wentOffline);
    addEventListener('focus', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    void this.dial();
  }

  stop(): void {
    this.stopped = true;
    removeEventListener('online', this.wake);
    removeEventListener('offline', this.wentOffline);
    removeEventListener('focus', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    this.hangUp();
  }

  reconnect(): void {
    this.stopped = false;
    this.hangUp();
    void this.dial();
  }

  /** The frame's id, or undefined when there is no open line. */
  send<Type extends CommandType>(type: Type, payload: CommandPayload<Type>): string | undefined {
    if (this.socket?.readyState !== WebSocket.OPEN) return undefined;
    const id = newId();
    this.socket.send(JSON.stringify({ type, payload, id }));
    return id;
  }

  private readonly wake = (): void => {
    const waits = this.link.state === 'reconnecting' || this.link.state === 'offline';
    if (waits && document.visibilityState === 'visible' && navigator.onLine) this.reconnect();
    else if (this.socket?.readyState === WebSocket.OPEN) this.ping();
  };

  private readonly wentOffline = (): void => {
    this.hangUp();
    this.say({ state: 'offline', lost_at: this.link.lost_at ?? Date.now() });
  };

  private say(change: Partial<Link>): void {
    const { attempt, lost_at, rtt } = this.link;
    const kept = lost_at === undefined ? {} : { lost_at };
    this.link = { state: this.link.state, attempt, ...kept, ...(rtt === undefined ? {} : { rtt }), ...change };
    this.listener.onLink(this.link);
  }

  private async dial(): Promise<void> {
    if (this.dialling || this.stopped) return;
    this.dialling = true;
    try {
      const { ticket } = await call<{ ticket: string }>('POST', '/ws/tickets', {
        body: { server_id: this.listener.serverId },
        timeout: 15_000,
      });
      if (!this.stopped) this.open(ticket);
    } catch (error) {
      this.noTicket(error);
    } finally {
      this.dialling = false;
    }
  }

  private noTicket(error: unknown): void {
    if (this.stopped) return;
    const status = error instanceof Problem ? error.status : 0;
    if (status === 401) this.say({ state: 'auth' });
    else if (status === 403) this.closed(4403);
    else if (status === 404) this.closed(4404);
    else this.retryLater(true, error instanceof Problem && status !== 0 ? error.detail : undefined);
  }

  private open(ticket: string): void {
    const { serverId, sessionId, after } = this.listener;
    const query = new URLSearchParams({ ticket, session: sessionId, after: String(after()) });
    const origin = location.origin.replace(/^http/, 'ws');
    const socket = new WebSocket(`${origin}/ws/server/${encodeURIComponent(serverId)}?${query.toString()}`);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.addEventListener('message', (event) => {
      if (this.socket === socket && typeof event.data === 'string') this.hear(event.data);
    });
    socket.addEventListener('close', (event) => {
      if (this.socket !== socket) return;
      this.hangUp();
      if (!this.stopped) this.closed(event.code);
    });
    this.pinger = setInterval(() => this.beat(), 1_000);
  }

  private hear(text: string): void {
    this.heardAt = Date.now();
    const frame = readFrame(text);
    if (!frame) return;
    if (frame.type === 'pong') this.heardPong(frame.payload as { in_reply_to?: string });
    if (frame.type === 'replay_begin') this.say({ state: 'replaying' });
    if (frame.type === 'session_snapshot') {
      this.link = { state: 'online', attempt: 0, ...(this.link.rtt === undefined ? {} : { rtt: this.link.rtt }) };
      this.listener.onLink(this.link);
      this.ping();
    }
    this.buffer.push(frame);
    this.flushSoon();
  }

  /** Frames of one screen frame are taken together, so that a burst costs one render. */
  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    const flush = () => {
      this.flushing = false;
      const frames = this.buffer;
      this.buffer = [];
      this.listener.onFrames(frames);
    };
    if (document.visibilityState === 'visible') requestAnimationFrame(flush);
    else setTimeout(flush, 50);
  }

  private beat(): void {
    const now = Date.now();
    if (now - this.heardAt > SILENCE_MS) {
      this.hangUp();
      this.retryLater(true);
      return;
    }
    const waited = this.pinged ? now - this.pinged.at : 0;
    if (this.link.state === 'online' && waited > SLOW_MS) this.say({ state: 'slow' });
    if (now - (this.pinged?.at ?? this.lastPingAt) >= PING_MS) this.ping();
  }

  private lastPingAt = 0;

  private ping(): void {
    if (this.pinged && Date.now() - this.pinged.at < PING_MS) return;
    const id = this.send('ping', {});
    if (id === undefined) return;
    this.lastPingAt = Date.now();
    this.pinged = { id, at: this.lastPingAt };
  }

  private heardPong({ in_reply_to }: { in_reply_to?: string }): void {
    if (!this.pinged || (in_reply_to !== undefined && in_reply_to !== this.pinged.id)) return;
    const rtt = Date.now() - this.pinged.at;
    this.pinged = undefined;
    const state = this.link.state === 'online' || this.link.state === 'slow';
    this.say({ rtt, ...(state ? { state: rtt > SLOW_MS ? 'slow' : 'online' } : {}) });
  }

  private closed(code: number): void {
    const verdict = verdictOn(code);
    if (verdict.then === 'retry') this.retryLater(verdict.counted, verdict.notice);
    else if (verdict.then === 'stop') this.say({ state: 'closed', notice: verdict.notice, action: verdict.action });
    else void this.signInAgain();
  }

  private async signInAgain(): Promise<void> {
    this.say({ state: 'auth', lost_at: this.link.lost_at ?? Date.now() });
    const refreshed = await refreshTokens(readTokens()?.access_token);
    if (this.stopped) return;
    if (refreshed.outcome === 'fresh') void this.dial();
    else if (refreshed.outcome === 'refused') sessionEnded();
    else this.retryLater(true);
  }

  private retryLater(counted: boolean, notice?: string): void {
    if (this.stopped) return;
    const lost_at = this.link.lost_at ?? Date.now();
    if (!navigator.onLine) {
      this.say({ state: 'offline', lost_at });
      return;
    }
    const attempt = this.link.attempt + (counted ? 1 : 0);
    const delay = reconnectDelay(attempt, Math.random());
    const next_at = Date.now() + delay;
    this.say({ state: 'reconnecting', attempt, next_at, lost_at, ...(notice === undefined ? {} : { notice }) });
    clearTimeout(this.redial);
    this.redial = setTimeout(() => void this.dial(), delay);
  }

  private hangUp(): void {
    clearTimeout(this.redial);
    clearInterval(this.pinger);
    this.pinged = undefined;
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
  }
}
