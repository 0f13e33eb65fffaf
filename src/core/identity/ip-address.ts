import { isIPv4, isIPv6 } from 'node:net';

/** `::1` is the same machine as 127.0.0.1, and browsers change between them at will. */
const LOOPBACK = '127.0.0.1';

/** The part of the network that a one-time code is bound to: /24 of IPv4, /56 of IPv6. */
export function ipWindow(address: string): string {
  const plain = normalIp(address);
  if (isIPv4(plain)) return `${plain.slice(0, plain.lastIndexOf('.'))}.0/24`;
  if (!isIPv6(plain)) return 'unknown';
  const [a = 0, b = 0, c = 0, d = 0] = groups(plain);
  return `${hex([a, b, c, d & 0xff00])}::/56`;
}

/** Who is counted as one caller: an IPv4 address, or the /64 that one IPv6 host can choose from freely. */
export function callerNetwork(address: string): string {
  const plain = normalIp(address);
  return plain.includes(':') && isIPv6(plain) ? `${hex(groups(plain).slice(0, 4))}::/64` : plain;
}

/** Asked for with every request, and often of the same callers. */
const normal = new Map<string, string>();
const MOST_KNOWN = 2_000;

/** IPv4-mapped IPv6 (RFC 4291 2.5.5.2) as IPv4, without a zone; what is no address as it is. */
export function normalIp(address: string): string {
  const known = normal.get(address);
  if (known !== undefined) return known;
  const plain = normalize(address);
  if (normal.size >= MOST_KNOWN) normal.clear();
  if (address.length <= 64) normal.set(address, plain);
  return plain;
}

function normalize(address: string): string {
  const [plain = ''] = address.trim().split('%');
  if (!isIPv6(plain)) return plain;
  const all = groups(plain);
  const isMapped = all.slice(0, 5).every((group) => group === 0) && all[5] === 0xffff;
  const [high = 0, low = 0] = all.slice(6);
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return all.slice(0, 7).every((group) => group === 0) && all[7] === 1 ? LOOPBACK : plain;
}

/** The eight groups of a valid IPv6 address. */
function groups(address: string): number[] {
  // The URL parser writes a dotted tail as groups (WHATWG URL, IPv6 serializer).
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return numbers(head);
  const left = numbers(head);
  const right = numbers(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

const hex = (numbers: number[]): string => numbers.map((group) => group.toString(16)).join(':');
