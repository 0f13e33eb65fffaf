import {
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type PriorDiscovery,
  type Transport,
} from '@modelcontextprotocol/client';
import type { Connection, OpenOptions } from './connection.js';
import { httpStatusOf } from './failures.js';
import { established, priorOf, protocolOf, shakeHands, within, type Greeted } from './handshake.js';
import { HttpChannel } from './http/channel.js';
import { envelopeOf } from './meta.js';
import { OneStreamChannel } from './one-stream-channel.js';
import { ChildTransport } from './stdio/child-transport.js';
import { capabilitiesOf, type Protocol, type UpstreamTarget } from './target.js';
import { UpstreamError } from './upstream-error.js';
import { newTrace, upstreamFetch, type HttpTrace } from './upstream-fetch.js';

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
  const { guard, target, clientInfo, news, trace, onAnswer, verdict } = options;
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
  const greeted = await shakeHands(options, transport, verdict?.prior);
  const { client, left } = greeted;
  const protocol = protocolOf(client, 'streamable_http');
  const { sessionId } = transport;
  const channel = new HttpChannel({ guard, target, clientInfo, protocol, sessionId, news });
  const hasStream = protocol.era === 'legacy' && sessionId !== undefined;
  const facts = {
    protocol,
    channel,
    trace,
    verdict: { transport: 'streamable_http', prior: priorOf(client) },
    sessionId,
    listening: () => (hasStream ? within(LISTENING_MS, listening) : alreadyListening()),
    goodbye: async () => {
      await Promise.all([left(), channel.left()]);
      if (protocol.era === 'legacy') await transport.terminateSession();
    },
  } as const;
  return established(greeted, facts, news);
}

async function openSse(options: Traced): Promise<Connection> {
  const { guard, target, trace, onAnswer } = options;
  const transport = new SSEClientTransport(new URL(target.url), {
    fetch: upstreamFetch(guard, { ...target, transport: 'sse' }, trace, onAnswer),
    requestInit: { headers: headersOf(target) },
    redirectPolicy: 'follow',
  });
  const greeted = await shakeHands(options, transport, { kind: 'legacy' });
  return withOneStream(options, greeted, transport, 'sse');
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
  const greeted = await shakeHands(options, transport, prior);
  return withOneStream(options, greeted, transport, 'stdio');
}

function withOneStream(
  { target, clientInfo, trace, news }: Traced,
  greeted: Greeted,
  carrier: Transport,
  transport: Protocol['transport'],
): Connection {
  const { client, left } = greeted;
  const protocol = protocolOf(client, transport);
  const channel = new OneStreamChannel(carrier, envelopeOf(clientInfo, protocol, capabilitiesOf(target)), left);
  greeted.first((message) => channel.take(message));
  const facts = {
    protocol,
    channel,
    trace,
    verdict: { transport, prior: priorOf(client) },
    sessionId: undefined,
    listening: alreadyListening,
    goodbye: left,
    ended: (error?: Error) => channel.end(error),
  };
  return established(greeted, facts, news);
}

/** Of transports with one stream for all there is. */
const alreadyListening = async () => undefined;

/** Names are compared without case: what signs in goes before what does not. */
function headersOf({ headers, plainHeaders }: UpstreamTarget): Headers {
  const all = new Headers(plainHeaders);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return all;
}
