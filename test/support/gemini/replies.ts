import { type ServerResponse } from 'node:http';
import { chunk, toEvent, type WirePart, type WirePlanNode, type WireRequest } from './wire.js';

/** Answers one request; must end the response, or leave it open on purpose. */
export type Reply = (response: ServerResponse, request: WireRequest) => void;

let nextId = 0;
const callId = (): string => `fc_${++nextId}`;

/** An event stream of these events (an object, or raw text after `data: `), ended as Gemini ends it: just so. */
export const events =
  (...items: unknown[]): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const item of items) response.write(toEvent(item));
    response.end();
  };

/** Words, one event per chunk. */
export const text = (...chunks: string[]): Reply =>
  events(...chunks.map((words, index) => chunk([{ text: words }], index === chunks.length - 1 ? 'STOP' : undefined)));

/** A thought, then parallel calls; as with the real service only the first carries the signature. */
export const calls = (wanted: { name: string; args: Record<string, unknown> }[], words = ''): Reply =>
  events(
    chunk([{ text: 'Let me see which tool fits.', thought: true }]),
    ...(words ? [chunk([{ text: words }])] : []),
    chunk(
      wanted.map((call, index): WirePart => {
        const signature = index === 0 ? { thoughtSignature: 'c2lnbmVk' } : {};
        return { functionCall: { id: callId(), ...call }, ...signature };
      }),
      'STOP',
    ),
  );

/** A graph by `propose_plan`. */
export const plan = (
  nodes: (Partial<WirePlanNode> & { key: string; tool: string })[],
  words = 'Here is a plan.',
): Reply => {
  const full = nodes.map((node) => ({ title: node.key, arguments: {}, depends_on: [], ...node }));
  return calls([{ name: 'propose_plan', args: { nodes: full } }], words);
};

/** An event that is no JSON. */
export const malformed = (): Reply => events('{"candidates": [{"content": ');

/** An ending without words, e.g. MALFORMED_FUNCTION_CALL, MAX_TOKENS, RECITATION. */
export const finish = (reason: string, words = ''): Reply => events(chunk(words ? [{ text: words }] : [], reason));

export const safetyBlock = (): Reply =>
  events({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 5 } });

interface StatusOptions {
  message?: string;
  reason?: string;
  /** The header. */
  retryAfterSeconds?: number;
  /** google.rpc.RetryInfo in the body, e.g. `22s`. */
  retryDelay?: string;
}

const STATUS_NAMES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** Google's error envelope. */
export const status =
  (code: number, { message = 'scripted refusal', reason, retryAfterSeconds, retryDelay }: StatusOptions = {}): Reply =>
  (response) => {
    const details = [
      ...(reason ? [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }] : []),
      ...(retryDelay ? [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }] : []),
    ];
    response.writeHead(code, {
      'content-type': 'application/json; charset=UTF-8',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    });
    response.end(JSON.stringify({ error: { code, message, status: STATUS_NAMES[code] ?? 'UNKNOWN', details } }));
  };

/** An error event after these words. */
export const errorAfter = (chunks: string[], code: number): Reply =>
  events(...chunks.map((words) => chunk([{ text: words }])), {
    error: { code, message: 'scripted', status: STATUS_NAMES[code] },
  });

/** The connection breaks after these words have been sent. */
export const cutAfter =
  (...chunks: string[]): Reply =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    // Destroying drops what is not yet on the wire, so the last write is waited for.
    response.write(chunks.map((words) => toEvent(chunk([{ text: words }]))).join('') || ': \r\n\r\n', () =>
      response.socket?.destroy(),
    );
  };

/** A clean end of the stream without a finish reason. */
export const endWithoutFinish = (...chunks: string[]): Reply =>
  events(...chunks.map((words) => chunk([{ text: words }])));

/** Says these words, then nothing more; without words not even a header. */
export const hang =
  (...chunks: string[]): Reply =>
  (response) => {
    if (chunks.length === 0) return;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const words of chunks) response.write(toEvent(chunk([{ text: words }])));
  };

/** Anything else over HTTP. */
export const raw =
  (code: number, headers: Record<string, string>, body: string): Reply =>
  (response) => {
    response.writeHead(code, headers);
    response.end(body);
  };
