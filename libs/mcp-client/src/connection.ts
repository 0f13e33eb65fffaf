import type { EgressGuard } from '@app/egress';
import {
  Client,
  SSEClientTransport,
  SseError,
  StreamableHTTPClientTransport,
  type PriorDiscovery,
  type Transport,
} from '@modelcontextprotocol/client';
import type { Deadline } from './deadline.js';
import { httpStatusOf, isGivenUp } from './failures.js';
import { HttpChannel } from './http/channel.js';
import { ChildTransport } from './stdio/child-transport.js';
import { TOOLS_CHANGED } from './listening.js';
import { ToolSubscription } from './subscription.js';
import { CAPABILITIES, type ClientInfo, type Protocol, type UpstreamTarget } from './target.js';
import { UpstreamError } from './upstream-error.js';
import { newTrace, upstreamFetch, type HttpTrace } from './upstream-fetch.js';
import { watch } from './watched-transport.js';

/** How a target was reached before: spares its next connection the negotiation. */
export interface Verdict {
  transport: Protocol['transport'];
  prior: PriorDiscovery;
}

/** An open SDK client, which did the handshake and hears what comes beside the calls, and what surrounds it. */
export interface Connection {
  client: Client;
  protocol: Protocol;
  /** Our own way for requests, any number at a time; of Streamable HTTP only, elsewhere they go through the client. */
  channel: HttpChannel | undefined;
  trace: HttpTrace;
  verdict: Verdict;
  /** The server keeps a session for us, which it may forget. */
  sessionId: string | undefined;
  closed: boolean;
  /** Aborts, with the error, when the carrier is lost and answers will not come any more. */
  lost: AbortSignal;
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
  /** The server says, on its own account, that it offers other tools now. */
  onToolsChanged?: (() => void) | undefined;
}

/** Our own deadlines rule; the SDK's timers only must not be earlier. */
export const NO_SDK_TIMEOUT = 2 ** 31 - 1;

const GOODBYE_MS = 1000;
/** Some servers answer that request only when they have something to say. */
const LISTENING_MS = 500;
const NO_FALLBACK = new Set([401, 403, 407, 429]);

/**
 * Opens a connection in the era and transport that the server speaks.
 * Streamable HTTP first; HTTP+SSE when the first POST is answered with a 4xx that says nothing about the account.
 * @throws what the SDK, undici or the guard throws
 */
export async function openConnection(options: OpenOptions): Promise<Connection> {
  const { target, verdict, trace = newTrace() } = options;
  const wanted = target.transport === 'auto' ? verdict?.transport : target.transport;
  if (wanted === 'stdio') return openChild({ ...options, trace });
  if (wanted === 'sse') return openSse({ ...options, trace });
  try {
    return await openStreamable({ ...options, trace });
  } catch (error) {
    const status = httpStatusOf(error);
    const mayBeSse = status !== undefined && status >= 400 && status < 500 && !NO_FALLBACK.has(status);
    if (wanted !== undefined || !mayBeSse) throw error;
    return openSse({ ...options, trace: newTrace() }).catch(() => {
      throw error;
    });
  }
}

type Traced = OpenOptions & { trace: HttpTrace };

async function openStreamable(options: Traced): Promise<Connection> {
  const { guard, target, trace, onAnswer, verdict } = options;
  let heard = () => {};
  const listening = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const fetch = upstreamFetch(guard, { ...target, transport: 'streamable_http' }, trace, onAnswer);
  const transport = new StreamableHTTPClientTransport(new URL(target.url), {
    fetch: (url, init) => (init?.method === 'GET' ? fetch(url, init).finally(heard) : fetch(url, init)),
    requestInit: { headers: headersOf(target) },
    // The guard's fetch follows redirects itself, within the origin.
    redirectPolicy: 'follow',
    onInsufficientScope: 'throw',
  });
  const { client, left, lost } = await connect(options, transport, verdict?.prior);
  const discovered = client.getDiscoverResult();
  const era = client.getProtocolEra() ?? 'legacy';
  const protocol: Protocol = {
    version: client.getNegotiatedProtocolVersion() ?? 'unknown',
    era,
    transport: 'streamable_http',
    offered: discovered?.supportedVersions ?? [],
  };
  const { sessionId } = transport;
  const { clientInfo, onToolsChanged } = options;
  const channel = new HttpChannel({ guard, target, clientInfo, protocol, sessionId, onToolsChanged });
  const says = era === 'modern' && onToolsChanged && client.getServerCapabilities()?.tools?.listChanged === true;
  const news = says ? new ToolSubscription(client) : undefined;
  const prior: PriorDiscovery = discovered ? { kind: 'modern', discover: discovered } : { kind: 'legacy' };
  return established(client, {
    protocol,
    channel,
    trace,
    verdict: { transport: 'streamable_http', prior },
    sessionId,
    lost,
    listening: async () => {
      if (era === 'legacy' && sessionId !== undefined) await within(LISTENING_MS, listening);
    },
    goodbye: async () => {
      news?.end();
      await Promise.all([left(), channel.left()]);
      if (era === 'legacy') await transport.terminateSession();
    },
  });
}

async function openSse(options: Traced): Promise<Connection> {
  const { guard, target, trace, onAnswer } = options;
  const transport = new SSEClientTransport(new URL(target.url), {
    fetch: upstreamFetch(guard, { ...target, transport: 'sse' }, trace, onAnswer),
    requestInit: { headers: headersOf(target) },
    redirectPolicy: 'follow',
  });
  const { client, left, lost } = await connect(options, transport, { kind: 'legacy' });
  const version = client.getNegotiatedProtocolVersion() ?? 'unknown';
  return established(client, {
    protocol: { version, era: 'legacy', transport: 'sse', offered: [] },
    channel: undefined,
    trace,
    verdict: { transport: 'sse', prior: { kind: 'legacy' } },
    sessionId: undefined,
    lost,
    listening: alreadyListening,
    goodbye: left,
  });
}

/** Old servers may say nothing to a question of the new era, or end: then a second process is asked as an old one. */
async function openChild(options: Traced): Promise<Connection> {
  const { verdict, deadline } = options;
  if (verdict) return openChildAs(options, verdict.prior);
  return openChildAs(options, undefined).catch((error: unknown) => {
    if (deadline.signal.aborted || error instanceof UpstreamError) throw error;
    return openChildAs(options, { kind: 'legacy' });
  });
}

async function openChildAs(options: Traced, prior: PriorDiscovery | undefined): Promise<Connection> {
  const { launch } = options.target;
  if (!launch) throw new Error('A target over stdio needs to be told what to start.');
  const transport = new ChildTransport(launch);
  const { client, left, lost } = await connect(options, transport, prior);
  const discovered = client.getDiscoverResult();
  return established(client, {
    protocol: {
      version: client.getNegotiatedProtocolVersion() ?? 'unknown',
      era: client.getProtocolEra() ?? 'legacy',
      transport: 'stdio',
      offered: discovered?.supportedVersions ?? [],
    },
    channel: undefined,
    trace: options.trace,
    verdict: { transport: 'stdio', prior: discovered ? { kind: 'modern', discover: discovered } : { kind: 'legacy' } },
    sessionId: undefined,
    lost,
    listening: alreadyListening,
    goodbye: left,
  });
}

/** Of transports with one stream for all there is. */
const alreadyListening = async () => undefined;

/** Names are compared without case: what signs in goes before what does not. */
function headersOf({ headers, plainHeaders }: UpstreamTarget): Headers {
  const all = new Headers(plainHeaders);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return all;
}

async function connect(options: OpenOptions, transport: Transport, prior: PriorDiscovery | undefined) {
  const { notificationsLeft } = watch(transport);
  const client = new Client(options.clientInfo, {
    capabilities: CAPABILITIES,
    versionNegotiation: { mode: 'auto' },
  });
  const { onToolsChanged } = options;
  if (onToolsChanged) client.setNotificationHandler(TOOLS_CHANGED, onToolsChanged);
  const lost = new AbortController();
  client.onerror = (error) => {
    const streamGone = error instanceof SseError || isGivenUp(error);
    if (!streamGone) return;
    lost.abort(error);
    // Later, since the event source sets its timer for another attempt after it has told of the error.
    setImmediate(() => void client.close());
  };
  try {
    await options.deadline.race(client.connect(transport, { timeout: NO_SDK_TIMEOUT, ...(prior ? { prior } : {}) }));
    return { client, left: notificationsLeft, lost: lost.signal };
  } catch (error) {
    await transport.close().catch(() => undefined);
    throw error;
  }
}

function established(
  client: Client,
  { goodbye, ...facts }: Omit<Connection, 'client' | 'closed' | 'close'> & { goodbye: () => Promise<void> },
): Connection {
  const connection: Connection = {
    client,
    closed: false,
    ...facts,
    close: async () => {
      if (connection.closed) return;
      connection.closed = true;
      await within(GOODBYE_MS, goodbye());
      await client.close().catch(() => undefined);
    },
  };
  client.onclose = () => {
    connection.closed = true;
  };
  return connection;
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), enough]);
  clearTimeout(timer);
}
