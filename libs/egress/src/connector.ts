import type { LookupFunction, OnReadOpts } from 'node:net';
import { Agent, Pool, buildConnector } from 'undici';
import { parseIp } from './ip.js';
import { judge, readDestination, type Destination, type EgressPolicy } from './judge.js';
import { resolveHost, type Lookup } from './resolve.js';
import { within } from './within.js';

export interface DispatcherOptions {
  verifyTls: boolean;
  /** From the first packet to the finished TLS handshake, name resolution included. */
  connectTimeoutMs: number;
}

/**
 * An HTTP agent whose every connection goes to an address that was judged in the same breath.
 * Name and Host header stay as written, so TLS and virtual hosts work; what the resolver says later does not matter.
 * Answers are not timed here: an event stream may be silent for long. Callers bring a signal.
 */
export function guardedAgent(policy: EgressPolicy, lookup: Lookup, options: DispatcherOptions): Agent {
  return new Agent({
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxOrigins: 1024,
    factory: (origin, poolOptions) => {
      const connect = guardedConnector(policy, lookup, readDestination(origin), options);
      return new Pool(origin, { ...poolOptions, connect });
    },
  });
}

/**
 * Makes connections to one origin, each to an address that is judged in the same breath.
 * @param onread who gets the bytes, instead of the sockets' streams
 */
export function guardedConnector(
  policy: EgressPolicy,
  lookup: Lookup,
  destination: Destination,
  { verifyTls, connectTimeoutMs }: DispatcherOptions,
  onread?: OnReadOpts,
): buildConnector.connector {
  const resolveAndJudge = async () => {
    const addresses = await within(connectTimeoutMs, undefined, (signal) =>
      resolveHost(lookup, destination.host, signal),
    );
    judge(policy, destination, addresses);
    return addresses;
  };
  const judgedLookup: LookupFunction = (_host, { all }, callback) => {
    resolveAndJudge().then(
      (addresses) => {
        if (all) return callback(null, [...addresses]);
        const [first] = addresses;
        return callback(null, first?.address ?? '', first?.family);
      },
      (error: Error) => callback(error, all ? [] : ''),
    );
  };
  const connect = buildConnector({
    allowH2: false,
    timeout: connectTimeoutMs,
    rejectUnauthorized: verifyTls,
    lookup: judgedLookup,
    ...(onread && { onread }),
  });
  // A literal address never reaches the lookup hook, so it is judged before the socket is made.
  if (!parseIp(destination.host)) return connect;
  return (target, callback) => {
    resolveAndJudge().then(
      () => connect(target, callback),
      (error: Error) => callback(error, null),
    );
  };
}
