import { type WirePlanNode } from '../gemini/wire.js';
import { type Reply as AnyReply } from '../models/scripted-model-server.js';
import { cut, hangAfter, refusal, stream } from '../models/streams.js';
import { chunk, DONE, type OpenAiBody, toEvent, usage } from './wire.js';

export type Reply = AnyReply<OpenAiBody>;

let nextId = 0;
const callId = (): string => `call_${++nextId}`;

const words = (chunks: string[]): string[] => chunks.map((content) => chunk({ content }));

/** Words, one event per chunk. */
export const text = (...chunks: string[]): Reply =>
  stream(chunk({ role: 'assistant', content: '' }), ...words(chunks), chunk({}, 'stop'), usage(), DONE);

/** Parallel calls, their arguments in pieces as the real service sends them. */
export const calls = (wanted: { name: string; args: unknown }[], said = ''): Reply =>
  stream(
    chunk({ role: 'assistant', content: null }),
    ...(said ? words([said]) : []),
    ...wanted.flatMap(({ name, args }, index) => {
      const json = typeof args === 'string' ? args : JSON.stringify(args);
      const half = Math.ceil(json.length / 2);
      const piece = (part: string) => chunk({ tool_calls: [{ index, function: { arguments: part } }] });
      const head = { index, id: callId(), type: 'function', function: { name, arguments: '' } };
      return [chunk({ tool_calls: [head] }), piece(json.slice(0, half)), piece(json.slice(half))];
    }),
    chunk({}, 'tool_calls'),
    usage(),
    DONE,
  );

/** A graph by `propose_plan`. */
export const plan = (
  nodes: (Partial<WirePlanNode> & { key: string; tool: string })[],
  said = 'Here is a plan.',
): Reply => {
  const full = nodes.map((node) => ({ title: node.key, arguments: {}, depends_on: [], ...node }));
  return calls([{ name: 'propose_plan', args: { nodes: full } }], said);
};

/** Deltas and a finish reason as given: for servers that imitate the service loosely. */
export const deltas = (items: object[], finishReason: string | null): Reply =>
  stream(...items.map((delta) => chunk(delta)), ...(finishReason === null ? [] : [chunk({}, finishReason)]), DONE);

export const malformed = (): Reply => stream(toEvent('{"choices": [{"delta": '));

export const declined = (): Reply =>
  stream(chunk({ role: 'assistant', refusal: 'I cannot help with that.' }), chunk({}, 'stop'), usage(), DONE);

export const lengthReached = (said: string): Reply => stream(...words(said ? [said] : []), chunk({}, 'length'), DONE);

export const status = (
  code: number,
  { message = 'scripted refusal', retryAfterSeconds }: { message?: string; retryAfterSeconds?: number } = {},
): Reply => refusal(code, { error: { message, type: 'scripted', param: null, code: null } }, retryAfterSeconds);

/** An error event after these words. */
export const errorAfter = (chunks: string[], code: number): Reply =>
  stream(...words(chunks), toEvent({ error: { message: 'scripted', type: 'server_error', code } }));

export const cutAfter = (...chunks: string[]): Reply => cut(...words(chunks));
export const hang = (...chunks: string[]): Reply => hangAfter(...words(chunks));
