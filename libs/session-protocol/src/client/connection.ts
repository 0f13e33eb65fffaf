import type { CloseReason } from '../vocabulary.js';
import { CROWDED_STEPS_MS, reconnectDelay, RETRY_STEPS_MS } from './backoff.js';
import { type Verdict, verdictOn, verdictOnCode } from './closing.js';
import { ConnectionRefused } from './errors.js';
import { isRecord, type WireFrame } from './frames.js';
import { newId } from './ids.js';
import { Pulse } from './pulse.js';
import { isOffline, isVisible, watchPage } from './platform.js';
import { Sequence } from './sequence.js';
import type { Credential, Line, Transport } from './transports.js';

/**
 * `slow`: online, but a ping goes unanswered for two seconds. `auth`: no credential can be had; it waits for
 * `reconnect()`. `closed`: for good, unless `reconnect()` is called.
 */
export type LinkState = 'connecting' | 'replaying' | 'online' | 'slow' | 'reconnecting' | 'offline' | 'auth' | 'closed';

export interface LinkStatus {
  state: LinkState;
  /** Tries since the connection was lost. */
  attempt: number;
  /** When the next try starts, in epoch milliseconds. */
  nextTryAt?: number;
  /** When the connection was lost, in epoch milliseconds. */
  lostAt?: number;
  /** Milliseconds of the last ping. */
  rttMs?: number;
  /** Why the server closed it, as far as it said. */
  reason?: CloseReason | 'closed';
  /** In words, where the provider of credentials had some. */
  message?: string;
}

export interface ConnectionOptions {
  origin: string;
  serverId: string;
  session: string | undefined;
  after: number;
  transport: Transport;
  /** `renew` when the last one was refused or is too old. */
  credential: (request: { renew: boolean; signal: AbortSignal }) => Promise<Credential>;
  retryStepsMs?: readonly number[] | undefined;
  /** So long may nothing be heard; twice the server's heartbeat and 10 s unless given. */
  silenceMs?: number | undefined;
  onFrame: (frame: WireFrame) => void;
  onStatus: (status: LinkStatus) => void;
}

const CREDENTIAL_MS = 15_000;
/** A server that refuses fresh credentials so often will go on. */
const RENEWALS = 3;

/** One session's line to the server: dials, listens, notices silence, and dials again until it is closed. */
export class Connection {
  private line: Line | undefined;
  private current: LinkStatus = { state: 'connecting', attempt: 0 };
  private readonly sequence: Sequence;
  private readonly pulse: Pulse;
  private redial: ReturnType<typeof setTimeout> | undefined;
  private dialling: AbortController | undefined;
  private unwatch: () => void = () => undefined;
  private sessionId: string | undefined;
  private renewals = 0;

  constructor(private readonly options: ConnectionOptions) {
    this.sequence = new Sequence(options.after);
    this.sessionId = options.session;
    this.pulse = new Pulse({
      silenceMs: options.silenceMs,
      ping: () => this.post('ping', {}),
      onSilence: () => this.lost({ then: 'retry', counted: true }),
      onPace: (pace) => this.keepPace(pace),
    });
  }

  get status(): LinkStatus {
    return this.current;
  }

  get session(): string | undefined {
    return this.sessionId;
  }

  get lastSeq(): number {
    return this.sequence.last;
  }

  open(): void {
    this.unwatch();
    this.unwatch = watchPage({ onWake: () => this.wake(), onOffline: () => this.wentOffline() });
    void this.dial();
  }

  close(reason: CloseReason | 'closed' = 'closed', message?: string): void {
    this.unwatch();
    this.hangUp();
    this.say({ state: 'closed', reason, ...(message === undefined ? {} : { message }) });
  }

  /** Now, whatever it waited for. */
  reconnect(): void {
    this.hangUp();
    this.renewals = 0;
    this.say({ state: 'reconnecting', lostAt: this.current.lostAt ?? Date.now() });
    this.open();
  }

  /** The frame's id, or undefined when there is no open line. */
  post(type: string, payload: object): string | undefined {
    const id = newId();
    return this.line?.send(type, payload, id) ? id : undefined;
  }

  private wake(): void {
    const waits = this.current.state === 'reconnecting' || this.current.state === 'offline';
    if (waits && isVisible() && !isOffline()) this.reconnect();
    else this.pulse.pingSoon();
  }

  private wentOffline(): void {
    if (this.current.state === 'closed' || this.current.state === 'auth') return;
    this.hangUp();
    this.say({ state: 'offline', lostAt: this.current.lostAt ?? Date.now() });
  }

  private say(change: Partial<LinkStatus> & Pick<LinkStatus, 'state'>): void {
    const { attempt, lostAt, rttMs } = this.current;
    const kept = { ...(lostAt === undefined ? {} : { lostAt }), ...(rttMs === undefined ? {} : { rttMs }) };
    this.current = { attempt, ...kept, ...change };
    this.options.onStatus(this.current);
  }

  private async dial(renew = false): Promise<void> {
    const dialling = new AbortController();
    this.dialling = dialling;
    const { signal } = dialling;
    const late = setTimeout(() => dialling.abort(), CREDENTIAL_MS);
    try {
      const credential = await settledWithin(this.options.credential({ renew, signal }), signal);
      if (this.dialling === dialling) this.listen(credential);
    } catch (error) {
      if (this.dialling === dialling) this.noCredential(error);
    } finally {
      clearTimeout(late);
    }
  }

  private noCredential(error: unknown): void {
    const message = (error instanceof Error && error.message) || undefined;
    if (!(error instanceof ConnectionRefused)) this.lost({ then: 'retry', counted: true }, message);
    else if (error.reason === 'sign_in_again') this.signInNeeded(message);
    else if (error.reason === 'closed') this.close('closed', message);
    else this.lost(verdictOn(error.reason), message);
  }

  private signInNeeded(message?: string): void {
    this.hangUp();
    const lostAt = this.current.lostAt ?? Date.now();
    this.say({ state: 'auth', lostAt, reason: 'sign_in_again', ...(message === undefined ? {} : { message }) });
  }

  private listen(credential: Credential): void {
    const { origin, serverId, transport } = this.options;
    const dial = { origin, serverId, credential, session: this.sessionId, after: this.sequence.last };
    this.sequence.reopened();
    // Some transports speak before they are handed over.
    const mine: { line?: Line; closed?: boolean } = {};
    const isMine = () => !mine.closed && (mine.line === undefined || mine.line === this.line);
    mine.line = transport(dial, {
      onFrame: (frame) => {
        if (isMine()) this.hear(frame);
      },
      onClose: (code) => {
        if (!isMine()) return;
        mine.closed = true;
        this.lost(verdictOnCode(code));
      },
    });
    if (mine.closed) return;
    this.line = mine.line;
    this.pulse.start();
  }

  private hear(frame: WireFrame): void {
    this.pulse.heard(frame);
    const payload = isRecord(frame.payload) ? frame.payload : {};
    if (frame.type === 'hello' && typeof payload.session_id === 'string') this.sessionId = payload.session_id;
    if (frame.type === 'replay_begin') this.say({ state: 'replaying' });
    const { taken, missing } = this.sequence.take(frame);
    if (frame.type === 'session_snapshot') this.cameOnline();
    if (taken) this.options.onFrame(frame);
    if (missing) this.post('resume', { after: this.sequence.last });
  }

  private cameOnline(): void {
    const { rttMs } = this.current;
    this.renewals = 0;
    this.current = { state: 'online', attempt: 0, ...(rttMs === undefined ? {} : { rttMs }) };
    this.options.onStatus(this.current);
    this.pulse.pingSoon();
  }

  private keepPace({ rttMs, slow }: { rttMs?: number; slow: boolean }): void {
    const { state } = this.current;
    const isUp = state === 'online' || state === 'slow';
    if (!isUp && rttMs === undefined) return;
    this.say({ state: isUp ? (slow ? 'slow' : 'online') : state, ...(rttMs === undefined ? {} : { rttMs }) });
  }

  private lost(verdict: Verdict, message?: string): void {
    this.hangUp();
    if (verdict.then === 'stop') this.close(verdict.reason, message);
    else if (verdict.then === 'renew') this.renew();
    else this.retryLater(verdict, message);
  }

  private renew(): void {
    this.renewals += 1;
    if (this.renewals > RENEWALS) return this.signInNeeded();
    this.say({ state: 'auth', lostAt: this.current.lostAt ?? Date.now(), reason: 'sign_in_again' });
    void this.dial(true);
  }

  private retryLater(verdict: Extract<Verdict, { then: 'retry' }>, message?: string): void {
    const lostAt = this.current.lostAt ?? Date.now();
    if (isOffline()) return this.say({ state: 'offline', lostAt });
    const attempt = this.current.attempt + (verdict.counted ? 1 : 0);
    const steps = verdict.crowded ? CROWDED_STEPS_MS : (this.options.retryStepsMs ?? RETRY_STEPS_MS);
    const delay = reconnectDelay(attempt, Math.random(), steps);
    this.say({
      state: 'reconnecting',
      attempt,
      nextTryAt: Date.now() + delay,
      lostAt,
      ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
      ...(message === undefined ? {} : { message }),
    });
    this.redial = setTimeout(() => void this.dial(), delay);
  }

  private hangUp(): void {
    clearTimeout(this.redial);
    this.dialling?.abort();
    this.dialling = undefined;
    this.pulse.stop();
    const { line } = this;
    this.line = undefined;
    line?.close();
  }
}

/** A provider that ignores its signal does not hold up the next try. */
async function settledWithin<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('No credential came in time.')), { once: true });
    work.then(resolve, reject);
  });
}
