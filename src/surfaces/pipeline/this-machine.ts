import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import { normalIp } from '../../core/identity/ip-address.js';

/** 127.0.0.0/8 and ::1, IPv4-mapped too. */
export function isLoopbackPeer(address: string | undefined): boolean {
  const plain = normalIp(address ?? '');
  return isIPv4(plain) && plain.startsWith('127.');
}

/** `localhost`, a name below it (RFC 6761), or a loopback address; any port. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname, username, pathname } = new URL(`http://${host}`);
  if (username !== '' || pathname !== '/') return false;
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackPeer(name);
}

const FORWARDED = /^(forwarded|x-forwarded-.*|x-real-ip|via)$/;

/**
 * Whether somebody at this very machine asks, with nobody between: by the address of the peer, by the name that they
 * called (a foreign page whose name points at 127.0.0.1 has another), and with no word of a proxy.
 */
export function isThisMachine({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): boolean {
  if (Object.keys(headers).some((name) => FORWARDED.test(name))) return false;
  return isLoopbackPeer(socket.remoteAddress) && isLoopbackHost(headers.host);
}
