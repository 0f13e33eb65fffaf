import { contains, parseBlock, parseIp, type Block, type Ip } from './ip.js';

/**
 * `private` may be opened to a trusted name; `forbidden` (link-local with its metadata services, multicast, reserved,
 * translated to something inside) only by naming the address itself.
 */
export type AddressKind = 'public' | 'loopback' | 'private' | 'forbidden';

const LOOPBACK = blocks('127.0.0.0/8', '::1/128');
const PRIVATE = blocks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');

/** What the IANA special-purpose registries (RFC 6890) call not globally reachable, and one public metadata service. */
const FORBIDDEN = blocks(
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
  '100.100.100.200/32',
  'fd00:ec2::/32',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
);

/** The only part of IPv6 that is routed globally; everything else needs no list of its own. */
const GLOBAL_UNICAST = blocks('2000::/3');

/** Prefixes whose packets a translator delivers to the IPv4 address inside: RFC 6052 (NAT64) and RFC 3056 (6to4). */
const TRANSLATED = [
  { block: block('64:ff9b::/96'), shift: 0n },
  { block: block('2002::/16'), shift: 80n },
];

/** What kind of network the address is in, seen through every way of writing IPv4 inside IPv6. */
export function kindOf(ip: Ip): AddressKind {
  if (inAny(LOOPBACK, ip)) return 'loopback';
  if (inAny(FORBIDDEN, ip)) return 'forbidden';
  if (inAny(PRIVATE, ip)) return 'private';
  if (ip.family === 4) return 'public';
  const inner = embedded(ip);
  if (inner) return kindOf(inner) === 'public' ? 'public' : 'forbidden';
  return inAny(GLOBAL_UNICAST, ip) ? 'public' : 'forbidden';
}

/** Whether the text is 127.0.0.0/8 or ::1, however it is written. */
export function isLoopbackAddress(text: string): boolean {
  const ip = parseIp(text);
  return ip !== undefined && inAny(LOOPBACK, ip);
}

function embedded(ip: Ip): Ip | undefined {
  const way = TRANSLATED.find(({ block }) => contains(block, ip));
  return way && { family: 4, bits: (ip.bits >> way.shift) & 0xffff_ffffn };
}

const inAny = (list: readonly Block[], ip: Ip): boolean => list.some((one) => contains(one, ip));

function block(text: string): Block {
  const parsed = parseBlock(text);
  if (!parsed) throw new Error(`Not a block: ${text}`);
  return parsed;
}

function blocks(...texts: string[]): Block[] {
  return texts.map(block);
}
