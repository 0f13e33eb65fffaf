import { errors } from 'undici';
import type { Destination } from './judge.js';
import { isFieldValue, isToken } from './response-head.js';

export interface RequestLine {
  method: 'GET' | 'POST' | 'DELETE';
  destination: Destination;
}

/** They decide where a message ends or who gets it, which is not for whoever configures headers. */
const OURS = new Set([
  'host',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** As the URL parser writes it; nothing that could begin another line. */
const TARGET = /^\/[!-~]*$/;

const known = new WeakMap<readonly string[], RequestLine & { text: string }>();

/**
 * Request line and fields (RFC 9112, 3), up to where Content-Length and the empty line go. Kept with the array of the
 * fields, which must not change.
 * @throws InvalidArgumentError of undici
 */
export function requestHead({ method, destination }: RequestLine, fields: readonly string[]): string {
  const before = known.get(fields);
  if (before?.method === method && before.destination === destination) return before.text;
  const { pathname, search, host } = destination.url;
  const target = `${pathname}${search}`;
  if (!TARGET.test(target)) throw new errors.InvalidArgumentError('The path cannot be sent.');
  const text = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${fieldLines(fields)}`;
  known.set(fields, { method, destination, text });
  return text;
}

/**
 * @param fields names and values by turns
 * @throws InvalidArgumentError of undici, which names no value
 */
export function fieldLines(fields: readonly string[]): string {
  let text = '';
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at] ?? '';
    const value = fields[at + 1] ?? '';
    if (!isToken(name) || OURS.has(name.toLowerCase())) {
      throw new errors.InvalidArgumentError('A header has a name that cannot be sent.');
    }
    if (!isFieldValue(value))
      throw new errors.InvalidArgumentError(`The header ${name} has a value that cannot be sent.`);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}
