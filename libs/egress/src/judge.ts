import { kindOf } from './address-kind.js';
import { allowsAddress, allowsName, type EgressAllow } from './allow-list.js';
import { parseIp } from './ip.js';
import { EgressRefused } from './refused.js';

/** Why an address may be called. */
export type AddressReason = 'public' | 'loopback' | 'allowed' | 'exempt';

export interface Address {
  address: string;
  family: 4 | 6;
}

export interface EgressPolicy {
  allow: EgressAllow;
  loopback: 'allowed' | 'refused';
  exemptOrigins: () => readonly string[];
}

/** The one place of a URL that is called: parsed once, so that what is judged is what is used. */
export interface Destination {
  url: URL;
  /** Lower case, without brackets or trailing dot. */
  host: string;
  port: number;
}

/** Parses with the WHATWG algorithm, which also settles decimal, octal, hexadecimal and full-width spellings of IPv4. */
export function readDestination(input: string | URL): Destination {
  const url = URL.parse(String(input));
  if (!url || url.hostname === '') {
    throw new EgressRefused('EGRESS_URL_INVALID', 'This is not a valid URL.', 'Write it as https://host/path.');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new EgressRefused('EGRESS_SCHEME', 'Only http and https URLs can be called.', 'Use an https:// URL.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new EgressRefused(
      'EGRESS_USERINFO',
      'The URL carries a user name or password.',
      'Take it out of the URL and store it as a credential of the server.',
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return { url, host, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) };
}

/** RFC 6761: these names are the machine itself, whatever a resolver says. */
export const isLocalhostName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/**
 * Judges every address that the host stands for; one that is refused refuses them all.
 * @throws EgressRefused
 */
export function judge(policy: EgressPolicy, destination: Destination, addresses: readonly Address[]): AddressReason {
  const reasons = addresses.map(({ address }) => reasonFor(policy, destination, address));
  return reasons.find((reason) => reason !== 'public') ?? 'public';
}

function reasonFor(policy: EgressPolicy, { url, host, port }: Destination, address: string): AddressReason {
  const ip = parseIp(address);
  const kind = ip ? kindOf(ip) : 'forbidden';
  if (kind === 'public') return 'public';
  if (ip && allowsAddress(policy.allow, ip, port)) return 'allowed';
  if (kind === 'loopback' && policy.loopback === 'allowed') return 'loopback';
  if (kind !== 'forbidden') {
    if (policy.exemptOrigins().includes(url.origin)) return 'exempt';
    if (allowsName(policy.allow, host, port)) return 'allowed';
  }
  throw new EgressRefused(
    'EGRESS_ADDRESS',
    kind === 'loopback'
      ? 'This host is the machine that Switchyard runs on, which may not be called.'
      : 'This host is not on the public internet, and calling it is not allowed.',
    'Use a public address, or ask the operator to add the host to EGRESS_ALLOW.',
  );
}
