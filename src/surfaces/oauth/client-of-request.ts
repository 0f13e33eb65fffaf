import { IncomingMessage } from 'node:http';
import { bodyIsTooLarge } from '../pipeline/to-app-error.js';

const FORM = 'application/x-www-form-urlencoded';

/** A request whose body was read, for whoever reads it next, and what it says in a form. */
export interface ReadRequest {
  request: IncomingMessage;
  form: URLSearchParams;
}

/** @throws 413 */
export async function readForm(request: IncomingMessage, maxBytes: number): Promise<ReadRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw bodyIsTooLarge(`${maxBytes} bytes at most`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks, size);
  const isForm = request.headers['content-type']?.toLowerCase().startsWith(FORM) === true;
  return { request: withBody(request, body), form: new URLSearchParams(isForm ? body.toString('utf8') : '') };
}

/** Who a request says it is of; nothing here says that it is true. */
export function clientOf({ headers, url = '' }: IncomingMessage, form?: URLSearchParams): string {
  const [scheme = '', text = ''] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'basic') return Buffer.from(text, 'base64').toString('utf8').split(':')[0] ?? '';
  const fields = form ?? new URLSearchParams(url.slice(url.indexOf('?') + 1));
  return fields.get('client_id') ?? '';
}

function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const again = new IncomingMessage(request.socket);
  const { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  Object.assign(again, { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor });
  again.push(body);
  again.push(null);
  again.complete = true;
  return again;
}
