import { Client, SseError, type PriorDiscovery, type Transport } from '@modelcontextprotocol/client';
import { Beside, type News } from './beside.js';
import type { Connection, OpenOptions } from './connection.js';
import { isGivenUp } from './failures.js';
import { ListenSubscription } from './listen-subscription.js';
import { capabilitiesOf, type Protocol } from './target.js';
import { watch } from './watched-transport.js';

/** Our own deadlines rule; the SDK's timers only must not be earlier. */
const NO_SDK_TIMEOUT = 2 ** 31 - 1;
const GOODBYE_MS = 1000;

/** A client that has shaken hands. */
export interface Greeted {
  client: Client;
  beside: Beside;
  /** Takes a message before anybody else; true where it was for it. */
  first(take: Beside['take']): void;
  /** Resolves when all notifications have left, or failed. */
  left(): Promise<void>;
  /** Hears, with the error, that the carrier is lost and answers will not come any more. */
  onLost(listener: (error?: Error) => void): void;
}

/** @throws what the SDK, undici or the guard throws */
export async function shakeHands(
  options: OpenOptions,
  transport: Transport,
  prior: PriorDiscovery | undefined,
): Promise<Greeted> {
  const { notificationsLeft } = watch(transport);
  const capabilities = capabilitiesOf(options.target);
  const client = new Client(options.clientInfo, { capabilities, versionNegotiation: { mode: 'auto' } });
  const beside = new Beside(options.news, (message) => {
    void transport.send(message as Parameters<Transport['send']>[0]).catch(() => undefined);
  });
  const listeners: ((error?: Error) => void)[] = [];
  client.onerror = (error) => {
    const streamGone = error instanceof SseError || isGivenUp(error);
    if (!streamGone) return;
    for (const listener of listeners) listener(error);
    // Later, since the event source sets its timer for another attempt after it has told of the error.
    setImmediate(() => void client.close());
  };
  try {
    const connected = client.connect(transport, { timeout: NO_SDK_TIMEOUT, ...(prior ? { prior } : {}) });
    await options.deadline.race(connected);
  } catch (error) {
    await transport.close().catch(() => undefined);
    throw error;
  }
  const takers: Beside['take'][] = [(message) => beside.take(message)];
  const toClient = transport.onmessage;
  transport.onmessage = (message, extra) => {
    if (!takers.some((take) => take(message))) toClient?.(message, extra);
  };
  return {
    client,
    beside,
    first: (take) => void takers.unshift(take),
    left: notificationsLeft,
    onLost: (listener) => void listeners.push(listener),
  };
}

export const protocolOf = (client: Client, transport: Protocol['transport']): Protocol => ({
  version: client.getNegotiatedProtocolVersion() ?? 'unknown',
  era: client.getProtocolEra() ?? 'legacy',
  transport,
  offered: client.getDiscoverResult()?.supportedVersions ?? [],
});

/** As it is kept, for who opens the next. */
export function priorOf(client: Client): PriorDiscovery {
  const discover = client.getDiscoverResult();
  return discover ? { kind: 'modern', discover } : { kind: 'legacy' };
}

interface Facts extends Omit<Connection, 'client' | 'beside' | 'subscription' | 'closed' | 'onClosed' | 'close'> {
  goodbye: () => Promise<void>;
  /** Answers will not come any more. */
  ended?: (error?: Error) => void;
}

export function established({ client, beside, onLost }: Greeted, facts: Facts, news: News | undefined): Connection {
  const { goodbye, ended, ...rest } = facts;
  const subscription = news && rest.protocol.era === 'modern' ? new ListenSubscription(client) : undefined;
  const connection: Connection = {
    client,
    beside,
    subscription,
    closed: false,
    onClosed: undefined,
    ...rest,
    close: async () => {
      if (connection.closed) return;
      connection.closed = true;
      subscription?.end();
      await within(GOODBYE_MS, goodbye());
      await client.close().catch(() => undefined);
    },
  };
  if (ended) onLost(ended);
  client.onclose = () => {
    connection.closed = true;
    subscription?.end();
    ended?.();
    connection.onClosed?.();
  };
  return connection;
}

export async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), enough]);
  clearTimeout(timer);
}
