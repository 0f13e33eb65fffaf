import { isIPv4, isIPv6 } from 'node:net';

/** An address as a number: 32 bits of family 4, 128 bits of family 6. IPv4-mapped IPv6 is family 4. */
export interface Ip {
  family: 4 | 6;
  bits: bigint;
}

/** A CIDR block. */
export interface Block extends Ip {
  prefix: number;
}

const MAPPED = 0xffffn;
const LOW_32 = 0xffff_ffffn;

/** Reads a canonical spelling (what the URL parser or the resolver gives); undefined for anything else, zone ids included. */
export function parseIp(text: string): Ip | undefined {
  if (isIPv4(text)) return { family: 4, bits: parseV4(text) };
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return unmap(parseV6(text));
}

/** Reads `address/prefix`; undefined when it is not one, or has bits set beyond its prefix. */
export function parseBlock(text: string): Block | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const ip =
    isIPv6(address) && !address.includes('%') ? { family: 6 as const, bits: parseV6(address) } : parseIp(address);
  if (!ip) return undefined;
  const width = ip.family === 4 ? 32 : 128;
  const prefix = Number(length);
  if (prefix > width || (ip.bits & hostMask(width, prefix)) !== 0n) return undefined;
  if (ip.family === 6 && prefix >= 96 && ip.bits >> 32n === MAPPED) {
    return { family: 4, bits: ip.bits & LOW_32, prefix: prefix - 96 };
  }
  return { ...ip, prefix };
}

export function contains(block: Block, ip: Ip): boolean {
  if (block.family !== ip.family) return false;
  const shift = BigInt((block.family === 4 ? 32 : 128) - block.prefix);
  return block.bits >> shift === ip.bits >> shift;
}

function unmap(bits: bigint): Ip {
  return bits >> 32n === MAPPED ? { family: 4, bits: bits & LOW_32 } : { family: 6, bits };
}

const hostMask = (width: number, prefix: number): bigint => (1n << BigInt(width - prefix)) - 1n;

const parseV4 = (text: string): bigint => text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);

function parseV6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const gap = Array<bigint>(8 - before.length - after.length).fill(0n);
  return [...before, ...gap, ...after].reduce((bits, group) => (bits << 16n) | group, 0n);
}

function groups(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [BigInt(`0x${part}`)];
    const v4 = parseV4(part);
    return [v4 >> 16n, v4 & 0xffffn];
  });
}
