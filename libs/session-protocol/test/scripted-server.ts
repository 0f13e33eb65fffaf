import { toFrame, type WireFrame } from '../src/client/frames.js';
import type { Dial, LineEvents, Transport } from '../src/client/transports.js';

export interface Sent {
  type: string;
  payload: Record<string, unknown>;
  id: string;
}

export function frame(type: string, payload: unknown, seq?: number): WireFrame {
  const read = toFrame({ type, payload, ...(seq === undefined ? {} : { seq }) });
  if (!read) throw new Error('not a frame');
  return read;
}

/** One line as the other end has it. */
export class ScriptedLine {
  readonly sent: Sent[] = [];
  closedByClient = false;

  constructor(
    readonly dial: Dial,
    private readonly events: LineEvents,
  ) {}

  say(...frames: WireFrame[]): void {
    for (const one of frames) this.events.onFrame(one);
  }

  /** As a server does after it let somebody in. */
  greet({
    session = 'session_1',
    lastSeq = 0,
    stored = [],
  }: {
    session?: string;
    lastSeq?: number;
    stored?: number[];
  }) {
    this.say(frame('hello', { session_id: session, heartbeat_sec: 15 }));
    for (const seq of stored) this.say(frame('log_entry', {}, seq));
    this.say(frame('session_snapshot', { session: { id: session }, last_seq: lastSeq }));
  }

  close(code: number): void {
    this.events.onClose(code);
  }

  cut(): void {
    this.close(1006);
  }
}

/** The other end of a transport, in this process and on strings. */
export class ScriptedServer {
  private readonly lines: ScriptedLine[] = [];
  private waiting: ((line: ScriptedLine) => void)[] = [];

  readonly transport: Transport = (dial, events) => {
    const line = new ScriptedLine(dial, events);
    const waiter = this.waiting.shift();
    if (waiter) setImmediate(() => waiter(line));
    else this.lines.push(line);
    return {
      send: (type, payload, id) => {
        line.sent.push({ type, payload: payload as Record<string, unknown>, id });
        return true;
      },
      close: () => {
        line.closedByClient = true;
      },
    };
  };

  /** The next line that is opened. */
  async dialled(): Promise<ScriptedLine> {
    const line = this.lines.shift();
    if (line) return line;
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
