/** What the tests need to know of OpenAI's chat completions: bodies of requests and events of a stream. */
export interface OpenAiBody {
  model: string;
  stream?: boolean;
  messages: {
    role: 'system' | 'user' | 'assistant' | 'tool';
    content: string | null;
    tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
    tool_call_id?: string;
  }[];
  tools?: { type: 'function'; function: { name: string; description: string; parameters: Record<string, unknown> } }[];
  stream_options?: { include_usage: boolean };
  max_tokens?: number;
  max_completion_tokens?: number;
  reasoning_effort?: string;
}

export const OPENAI_USAGE = { prompt_tokens: 40, completion_tokens: 10, total_tokens: 50 };

export const toEvent = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const envelope = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'scripted' };

export const chunk = (delta: object, finishReason: string | null = null): string =>
  toEvent({ ...envelope, choices: [{ index: 0, delta, finish_reason: finishReason }] });

export const usage = (): string => toEvent({ ...envelope, choices: [], usage: OPENAI_USAGE });

export const DONE = 'data: [DONE]\n\n';
