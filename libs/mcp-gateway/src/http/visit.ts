import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Visitor } from '../requests.js';

/** One HTTP request of a caller. */
export interface Visit<Caller> extends Visitor<Caller> {
  request: IncomingMessage;
  response: ServerResponse;
}
