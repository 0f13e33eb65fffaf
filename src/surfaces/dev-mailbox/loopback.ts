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
