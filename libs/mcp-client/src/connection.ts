import type { EgressGuard } from '@app/egress';
import type { Client, PriorDiscovery } from '@modelcontextprotocol/client';
import type { Beside, News } from './beside.js';
import type { Channel } from './channel.js';
import type { Deadline } from './deadline.js';
import type { ListenSubscription } from './listen-subscription.js';
import type { ClientInfo, Protocol, UpstreamTarget } from './target.js';
import type { HttpTrace } from './upstream-fetch.js';

/** How a target was reached before: spares its next connection the negotiation. */
export interface Verdict {
  transport: Protocol['transport'];
  prior: PriorDiscovery;
}

/** An open SDK client, which did the handshake, and what surrounds it. */
export interface Connection {
  client: Client;
  protocol: Protocol;
  /** Our own way for requests. */
  channel: Channel;
  /** Hears what comes beside the streams of requests. */
  beside: Beside;
  /** Of the modern era: has the server say what changes; a legacy server says it unasked, or is asked by a request. */
  subscription: ListenSubscription | undefined;
  trace: HttpTrace;
  verdict: Verdict;
  /** The server keeps a session for us, which it may forget. */
  sessionId: string | undefined;
  closed: boolean;
  /** Hears once that it closed, by whomever. */
  onClosed: (() => void) | undefined;
  /** Resolves when the server hears us on the stream of what it says by itself; takes at most half a second. */
  listening(): Promise<void>;
  /** Says goodbye where the protocol has a word for it; takes at most a second. */
  close(): Promise<void>;
}

export interface OpenOptions {
  guard: EgressGuard;
  target: UpstreamTarget;
  clientInfo: ClientInfo;
  deadline: Deadline;
  trace?: HttpTrace;
  verdict?: Verdict | undefined;
  onAnswer?: () => void;
  /** Hears what the server says on its own account. */
  news?: News | undefined;
}
