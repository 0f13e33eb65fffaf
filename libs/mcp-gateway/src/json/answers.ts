import { CODES, type ProtocolError } from '../protocol-error.js';
import type { MessageId } from './message.js';
import type { Pieces } from './pieces.js';

export interface ErrorBody {
  code: number;
  message: string;
  data?: unknown;
}

/** Without an id to answer to it is null, as JSON-RPC has it. */
export const errorOf = (id: MessageId | undefined, { code, message, data }: ErrorBody): Pieces => [
  JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error: { code, message, ...(data !== undefined && { data }) } }),
];

export const bodyOf = ({ code, message, facts }: ProtocolError): ErrorBody => ({ code, message, data: facts.data });

export const INTERNAL: ErrorBody = { code: CODES.internal, message: 'Internal error.' };

export const messageOf = (method: string, params: object): string => JSON.stringify({ jsonrpc: '2.0', method, params });

export const questionOf = (id: string, method: string, params: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
