import { CODES, ProtocolError } from '../protocol-error.js';
import { isTooDeep } from './depth.js';
import { isObject, type JsonObject } from './json.js';

export type MessageId = string | number;

export interface RequestMessage {
  kind: 'request';
  id: MessageId;
  method: string;
  params: JsonObject;
}

export interface NotificationMessage {
  kind: 'notification';
  method: string;
  params: JsonObject;
}

/** What a client says to a question of ours. */
export interface ResponseMessage {
  kind: 'response';
  id: MessageId;
  result?: JsonObject;
  error?: JsonObject;
}

export type Message = RequestMessage | NotificationMessage | ResponseMessage;

const MAX_DEPTH = 64;

/** @throws ProtocolError */
export function parseBody(body: Buffer): unknown {
  if (isTooDeep(body, MAX_DEPTH)) {
    throw new ProtocolError(CODES.invalidRequest, `The message is nested deeper than ${MAX_DEPTH} levels.`, {
      status: 400,
    });
  }
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new ProtocolError(CODES.parse, 'The body is no JSON.', { status: 400 });
  }
}

/** @throws ProtocolError */
export function readMessage(value: unknown): Message {
  if (!isObject(value) || value.jsonrpc !== '2.0') throw noMessage('The body is no JSON-RPC 2.0 message.');
  const { id, method, params = {}, result, error } = value;
  const hasId = typeof id === 'string' || (typeof id === 'number' && Number.isFinite(id));
  if (method === undefined) {
    if (hasId && isObject(result) && error === undefined) return { kind: 'response', id, result };
    if (hasId && isObject(error) && result === undefined) return { kind: 'response', id, error };
    throw noMessage('The body is neither a request, nor a notification, nor a response.');
  }
  if (typeof method !== 'string') throw noMessage('A method is a string.');
  if (id !== undefined && !hasId) throw noMessage('An id is a string or a number.');
  if (!isObject(params)) throw noMessage('Parameters are an object.');
  return hasId ? { kind: 'request', id, method, params } : { kind: 'notification', method, params };
}

/** Of a message that was refused as a whole: what to answer to, where that can be read. */
export function idOf(value: unknown): MessageId | undefined {
  if (!isObject(value)) return undefined;
  return typeof value.id === 'string' || typeof value.id === 'number' ? value.id : undefined;
}

const noMessage = (message: string): ProtocolError => new ProtocolError(CODES.invalidRequest, message, { status: 400 });
