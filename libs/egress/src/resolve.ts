import { lookup as dnsLookup } from 'node:dns/promises';
import { parseIp } from './ip.js';
import { isLocalhostName, type Address } from './judge.js';
import { EgressRefused } from './refused.js';

/** Resolves a name to all of its addresses. */
export type Lookup = (host: string) => Promise<readonly Address[]>;

const MACHINE_ITSELF: readonly Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

export const systemLookup: Lookup = async (host) => {
  const found = await dnsLookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/**
 * All addresses of a host: itself for a literal, never a resolver's word for localhost.
 * @throws EgressRefused EGRESS_UNRESOLVED or EGRESS_TIMEOUT
 */
export async function resolveHost(lookup: Lookup, host: string, signal: AbortSignal): Promise<readonly Address[]> {
  const literal = parseIp(host);
  if (literal) return [{ address: host, family: host.includes(':') ? 6 : 4 }];
  if (isLocalhostName(host)) return MACHINE_ITSELF;
  const addresses = await beforeAbort(lookup(host), signal).catch((error: unknown) => {
    if (signal.aborted) throw timedOut(signal, error);
    throw unresolved(error);
  });
  if (addresses.length === 0) throw unresolved();
  return addresses;
}

function timedOut(signal: AbortSignal, cause: unknown): unknown {
  const reason: unknown = signal.reason;
  if (!(reason instanceof DOMException && reason.name === 'TimeoutError')) return reason;
  return new EgressRefused(
    'EGRESS_TIMEOUT',
    'The name of the host was not resolved in time.',
    'Try again in a moment.',
    {
      cause,
    },
  );
}

const unresolved = (cause?: unknown) =>
  new EgressRefused('EGRESS_UNRESOLVED', 'There is no host of that name.', 'Check the spelling of the host name.', {
    cause,
  });

/** The resolver cannot be interrupted, but nobody has to wait for it. */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('Aborted'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
