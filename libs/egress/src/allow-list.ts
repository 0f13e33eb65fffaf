import { domainToASCII } from 'node:url';
import { contains, parseBlock, parseIp, type Block, type Ip } from './ip.js';

interface NameRule {
  name: string;
  port: number | undefined;
}

interface BlockRule {
  block: Block;
  port: number | undefined;
}

/** What an operator has opened beyond the public internet. */
export interface EgressAllow {
  names: readonly NameRule[];
  blocks: readonly BlockRule[];
}

export interface MalformedEntry {
  entry: string;
  problem: string;
}

/**
 * Reads EGRESS_ALLOW: host names, addresses, either with `:port`, and CIDR blocks, between commas.
 * A good entry stands even beside a bad one; the caller decides what a bad one means.
 */
export function parseEgressAllow(text: string): { entries: string[]; malformed: MalformedEntry[] } {
  const entries: string[] = [];
  const malformed: MalformedEntry[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const rule = readRule(entry);
    if ('problem' in rule) malformed.push({ entry, problem: rule.problem });
    else entries.push(entry);
  }
  return { entries, malformed };
}

/** @throws TypeError that names the first malformed entry */
export function compileAllow(entries: readonly string[]): EgressAllow {
  const names: NameRule[] = [];
  const blocks: BlockRule[] = [];
  for (const entry of entries) {
    const rule = readRule(entry.trim());
    if ('problem' in rule) throw new TypeError(`Egress allow entry "${entry}": ${rule.problem}`);
    if ('name' in rule) names.push(rule);
    else blocks.push(rule);
  }
  return { names, blocks };
}

export const allowsName = (allow: EgressAllow, host: string, port: number): boolean =>
  allow.names.some((rule) => rule.name === host && (rule.port === undefined || rule.port === port));

export const allowsAddress = (allow: EgressAllow, ip: Ip, port: number): boolean =>
  allow.blocks.some((rule) => contains(rule.block, ip) && (rule.port === undefined || rule.port === port));

function readRule(entry: string): NameRule | BlockRule | { problem: string } {
  if (entry.includes('://'))
    return { problem: 'leave out the scheme: a host name, host:port, an address or a CIDR block' };
  if (entry.includes('*')) return { problem: 'wildcards are not supported: name each host' };
  if (entry.includes('/')) {
    const block = parseBlock(entry);
    return block ? { block, port: undefined } : { problem: 'not a CIDR block, or bits are set beyond its prefix' };
  }
  const { host, port } = splitPort(entry);
  if (port !== undefined && !(port > 0 && port < 65_536)) return { problem: 'the port must be between 1 and 65535' };
  const ip = parseIp(host);
  if (ip) return { block: { ...ip, prefix: ip.family === 4 ? 32 : 128 }, port };
  const name = domainToASCII(host.replace(/\.$/, ''));
  const plausible = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name) && !/(^|\.)\d+$/.test(name);
  return plausible ? { name, port } : { problem: 'not a host name, an address or a CIDR block' };
}

function splitPort(entry: string): { host: string; port: number | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  if (bracketed) return { host: bracketed[1] ?? '', port: toPort(bracketed[2]) };
  if (parseIp(entry)) return { host: entry, port: undefined };
  const plain = /^([^:]*):(\d+)$/.exec(entry);
  return plain ? { host: plain[1] ?? '', port: toPort(plain[2]) } : { host: entry, port: undefined };
}

const toPort = (digits: string | undefined): number | undefined => (digits === undefined ? undefined : Number(digits));
