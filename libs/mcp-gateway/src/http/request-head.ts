import type { IncomingHttpHeaders } from 'node:http';
import { CODES, ProtocolError } from '../protocol-error.js';

const JSON_TYPE = /^application\/json(?:\s*;|\s*$)/i;

/** A header as one text; absent where there is none, and where it is empty. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = typeof value === 'string' ? value.trim() : value?.join(', ');
  return text === '' ? undefined : text;
}

/** @throws ProtocolError */
export function checkJsonBody(headers: IncomingHttpHeaders): void {
  const type = headers['content-type'] ?? '';
  if (type === 'application/json' || JSON_TYPE.test(type)) return;
  throw new ProtocolError(CODES.badSession, 'Unsupported media type: the body has to be application/json.', {
    status: 415,
  });
}

/** As nearly all clients write it, with each request. */
const ACCEPTS_BOTH = 'application/json, text/event-stream';

/** @throws ProtocolError */
export function checkAccepts(headers: IncomingHttpHeaders, types: readonly string[]): void {
  const accept = headers.accept;
  if (accept === undefined || accept === ACCEPTS_BOTH || types.every((type) => accepts(accept, type))) return;
  throw new ProtocolError(CODES.badSession, `Not acceptable: the client has to accept ${types.join(' and ')}.`, {
    status: 406,
  });
}

function accepts(accept: string, type: string): boolean {
  // What all clients send; the rest is for those who write it otherwise.
  if (accept.includes(type)) return true;
  const [family] = type.split('/');
  return accept.split(',').some((range) => {
    const wanted = range.split(';', 1)[0]?.trim().toLowerCase();
    return wanted === '*/*' || wanted === `${family}/*` || wanted === type;
  });
}
