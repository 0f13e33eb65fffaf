import { type WirePlanNode } from '../gemini/wire.js';
import { type Reply as AnyReply } from '../models/scripted-model-server.js';
import { cut, hangAfter, refusal, stream } from '../models/streams.js';
import { type AnthropicBody, begin, block, end, ping, toEvent } from './wire.js';

export type Reply = AnyReply<AnthropicBody>;

let nextId = 0;
const callId = (): string => `toolu_${++nextId}`;

const textBlock = (index: number, chunks: string[]): string =>
  block(index, { type: 'text', text: '' }, ...chunks.map((text) => ({ type: 'text_delta', text })));

/** Words, one delta per chunk. */
export const text = (...chunks: string[]): Reply => stream(begin(), ping(), textBlock(0, chunks), end('end_turn'));

/** A thought with its signature, then parallel calls, their input in pieces. */
export const calls = (wanted: { name: string; args: unknown }[], said = ''): Reply => {
  const thought = block(
    0,
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'Let me see which tool fits.' },
    { type: 'signature_delta', signature: 'c2lnbmVk' },
  );
  const first = said ? 2 : 1;
  const tools = wanted.map(({ name, args }, index) => {
    const json = typeof args === 'string' ? args : JSON.stringify(args);
    const half = Math.ceil(json.length / 2);
    return block(
      first + index,
      { type: 'tool_use', id: callId(), name, input: {} },
      { type: 'input_json_delta', partial_json: '' },
      { type: 'input_json_delta', partial_json: json.slice(0, half) },
      { type: 'input_json_delta', partial_json: json.slice(half) },
    );
  });
  return stream(begin(), thought, ...(said ? [textBlock(1, [said])] : []), ...tools, end('tool_use'));
};

/** A graph by `propose_plan`. */
export const plan = (
  nodes: (Partial<WirePlanNode> & { key: string; tool: string })[],
  said = 'Here is a plan.',
): Reply => {
  const full = nodes.map((node) => ({ title: node.key, arguments: {}, depends_on: [], ...node }));
  return calls([{ name: 'propose_plan', args: { nodes: full } }], said);
};

export const malformed = (): Reply => stream('event: message_start\ndata: {"type": \n\n');

export const declined = (): Reply => stream(begin(), end('refusal'));

export const lengthReached = (said: string): Reply =>
  stream(begin(), ...(said ? [textBlock(0, [said])] : []), end('max_tokens'));

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const envelope = (code: number, message: string) => ({
  type: 'error',
  error: { type: TYPES[code] ?? 'api_error', message },
});

export const status = (
  code: number,
  { message = 'scripted refusal', retryAfterSeconds }: { message?: string; retryAfterSeconds?: number } = {},
): Reply => refusal(code, envelope(code, message), retryAfterSeconds);

const opening = (chunks: string[]): string[] => [
  begin(),
  toEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ...chunks.map((words) =>
    toEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: words } }),
  ),
];

/** An error event after these words. */
export const errorAfter = (chunks: string[], code: number): Reply =>
  stream(...opening(chunks), toEvent(envelope(code, 'scripted')));

export const cutAfter = (...chunks: string[]): Reply => cut(...opening(chunks));
export const hang = (...chunks: string[]): Reply => hangAfter(...(chunks.length > 0 ? opening(chunks) : []));
