import type { Agent } from 'undici';
import { compileAllow } from './allow-list.js';
import type { EgressReceiver } from './connection.js';
import { Connections } from './connections.js';
import { guardedAgent, guardedConnector, type DispatcherOptions } from './connector.js';
import { guardedFetch, type EgressFetchInit } from './guarded-fetch.js';
import { guardedSend, type EgressRequest } from './guarded-send.js';
import { judge, readDestination, type Address, type AddressReason, type EgressPolicy } from './judge.js';
import { resolveHost, systemLookup, type Lookup } from './resolve.js';
import { sharedReads } from './shared-reads.js';
import { within } from './within.js';

export interface EgressGuardOptions {
  /** Entries as in EGRESS_ALLOW. A trusted name opens loopback and private ranges; anything else needs its address. */
  allow: readonly string[];
  /** 127.0.0.0/8, ::1 and the localhost names. */
  loopback: 'allowed' | 'refused';
  /** Exact origins that may be on loopback or a private network; asked at each use, so they may change. */
  exemptOrigins?: () => readonly string[];
  lookup?: Lookup;
}

export interface CheckedAddress {
  url: URL;
  host: string;
  port: number;
  /** All addresses of the host. */
  addresses: readonly Address[];
  /** `public`, or the rule that let it through. */
  reason: AddressReason;
}

/** The one guard for every URL that a user or an upstream can influence. */
export interface EgressGuard {
  /**
   * Parses, resolves and judges a URL without connecting.
   * @throws EgressRefused
   */
  check(url: string | URL, options?: { signal?: AbortSignal }): Promise<CheckedAddress>;
  /** An undici agent that judges each connection as it is made; shared by callers with the same options. */
  dispatcher(options: DispatcherOptions): Agent;
  /**
   * Fetches through the guard. Redirects are followed within the origin only.
   * @throws EgressRefused, or what fetch throws
   */
  fetch(url: string | URL, init?: EgressFetchInit): Promise<Response>;
  /** The same for those who send much: events instead of a Response, a body as text. Never throws. */
  send(request: EgressRequest, receiver: EgressReceiver): void;
  /** Cuts every connection; the guard cannot be used again. */
  close(): Promise<void>;
}

const RESOLVE_TIMEOUT_MS = 10_000;
const MAX_AGENTS = 16;

/** @throws TypeError that names a malformed `allow` entry */
export function createEgressGuard({
  allow,
  loopback,
  exemptOrigins = () => [],
  lookup = systemLookup,
}: EgressGuardOptions): EgressGuard {
  const policy: EgressPolicy = { allow: compileAllow(allow), loopback, exemptOrigins };
  const agents = new Map<string, Agent>();
  const reads = sharedReads();
  const connections = new Connections((destination, options) =>
    guardedConnector(policy, lookup, destination, options, reads),
  );
  let closed = false;

  const check = async (url: string | URL, { signal }: { signal?: AbortSignal } = {}): Promise<CheckedAddress> => {
    const destination = readDestination(url);
    const addresses = await within(RESOLVE_TIMEOUT_MS, signal, (ending) =>
      resolveHost(lookup, destination.host, ending),
    );
    return { ...destination, addresses, reason: judge(policy, destination, addresses) };
  };

  const dispatcher = (options: DispatcherOptions): Agent => {
    if (closed) throw new Error('The egress guard is closed.');
    const key = `${options.verifyTls}:${options.connectTimeoutMs}`;
    const agent = agents.get(key) ?? guardedAgent(policy, lookup, options);
    agents.delete(key);
    agents.set(key, agent);
    const [oldest] = agents.keys();
    if (agents.size > MAX_AGENTS && oldest !== undefined) {
      // Closing waits for what is under way.
      void agents.get(oldest)?.close();
      agents.delete(oldest);
    }
    return agent;
  };

  return {
    check,
    dispatcher,
    fetch: (url, init = {}) => guardedFetch({ dispatcher }, url, init),
    send: (request, receiver) => guardedSend(connections, request, receiver),
    close: async () => {
      closed = true;
      connections.close();
      const open = [...agents.values()];
      agents.clear();
      await Promise.all(open.map((agent) => agent.destroy()));
    },
  };
}
