import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type Transport,
} from '@modelcontextprotocol/client';
import { cancelledMessage, FIRST_ID, type Channel, type ChannelRequest } from './channel.js';
import { NotMcp } from './http/exchange.js';
import type { Envelope } from './meta.js';
import { isObject, type RawResult } from './raw-result.js';
import { paramsOf } from './request-params.js';

interface Waiting {
  resolve: (result: RawResult) => void;
  reject: (error: Error) => void;
}

/** Requests over a transport that has one stream for all (HTTP+SSE, stdio), where what is said meanwhile names no call. */
export class OneStreamChannel implements Channel {
  readonly multiplexed = false;
  readonly #transport: Transport;
  readonly #envelope: Envelope | undefined;
  readonly #left: () => Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = FIRST_ID;
  #lost: Error | undefined;

  constructor(transport: Transport, envelope: Envelope | undefined, left: () => Promise<void>) {
    this.#transport = transport;
    this.#envelope = envelope;
    this.#left = left;
  }

  request(request: ChannelRequest): Promise<RawResult> {
    const { method, deadline, trace, leaving } = request;
    if (this.#lost) return Promise.reject(new Error('Not connected'));
    const id = this.#nextId++;
    const params = paramsOf(request, this.#envelope);
    return new Promise<RawResult>((resolve, reject) => {
      if (deadline.ended) return reject(new Error('Ended before it began.'));
      const end = (error: Error) => this.#settle(id)?.reject(error);
      const stopListening = deadline.onEnd(() => {
        end(new Error('Ended by its deadline or its caller.'));
        this.#send(cancelledMessage(id) as JSONRPCRequest).catch(() => undefined);
      });
      this.#waiting.set(id, {
        resolve: (result) => {
          stopListening();
          resolve(result);
        },
        reject: (error) => {
          stopListening();
          reject(error);
        },
      });
      trace.begin();
      leaving();
      this.#send({ jsonrpc: '2.0', id, method, params }, headersOf(request)).catch(end);
    });
  }

  /** @returns whether it is an answer to a request of this channel */
  take(message: JSONRPCMessage): boolean {
    if ('method' in message) return false;
    const waiting = typeof message.id === 'number' && message.id >= FIRST_ID && this.#settle(message.id);
    // Nobody waits any more for an answer that comes late.
    if (!waiting) return typeof message.id === 'number' && message.id >= FIRST_ID;
    if ('error' in message) waiting.reject(toProtocolError(message.error));
    else if (isObject(message.result)) waiting.resolve(message.result);
    else waiting.reject(new NotMcp('This is no JSON-RPC message.'));
    return true;
  }

  left(): Promise<void> {
    return this.#left();
  }

  /** Answers will not come any more. */
  end(error: Error = new SdkError(SdkErrorCode.ConnectionClosed, 'Connection closed')): void {
    this.#lost ??= error;
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(error);
  }

  #send(message: JSONRPCRequest, headers?: Record<string, string>): Promise<void> {
    return this.#transport.send(message, headers && { headers });
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

const toProtocolError = ({ code, message, data }: { code: number; message: string; data?: unknown }) =>
  new ProtocolError(code, message, data);

const headersOf = ({ meta }: ChannelRequest): Record<string, string> | undefined =>
  meta?.traceparent === undefined ? undefined : { traceparent: meta.traceparent };
