/** What the tests need to know of Anthropic's messages: bodies of requests and events of a stream. */
export interface AnthropicBlock {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  input?: Record<string, unknown>;
  tool_use_id?: string;
  content?: string;
  is_error?: boolean;
  thinking?: string;
  signature?: string;
  data?: string;
}

export interface AnthropicBody {
  model: string;
  stream?: boolean;
  max_tokens: number;
  system?: string;
  messages: { role: 'user' | 'assistant'; content: AnthropicBlock[] }[];
  tools?: { name: string; description: string; input_schema: Record<string, unknown> }[];
}

export const toEvent = (data: { type: string } & Record<string, unknown>): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

export const begin = (): string =>
  toEvent({
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'scripted',
      content: [],
      stop_reason: null,
      usage: { input_tokens: 30, cache_read_input_tokens: 10, output_tokens: 1 },
    },
  });

export const end = (stopReason: string): string =>
  toEvent({ type: 'message_delta', delta: { stop_reason: stopReason }, usage: { output_tokens: 10 } }) +
  toEvent({ type: 'message_stop' });

/** One block: how it starts, then its deltas. */
export const block = (index: number, start: object, ...deltas: object[]): string =>
  [
    toEvent({ type: 'content_block_start', index, content_block: start }),
    ...deltas.map((delta) => toEvent({ type: 'content_block_delta', index, delta })),
    toEvent({ type: 'content_block_stop', index }),
  ].join('');

export const ping = (): string => toEvent({ type: 'ping' });
