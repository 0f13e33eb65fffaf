import { type Anthropic } from '@anthropic-ai/sdk';
import { toObject } from '../conversing/complete-arguments.js';
import { type Exchange } from '../conversing/exchanges.js';

export type Message = Anthropic.MessageParam;
export type Block = Anthropic.ContentBlockParam;

interface Turn {
  role: 'user' | 'assistant';
  content: Block[];
}

/** The API refuses text that is empty or only space. */
const words = (text: string): Block[] => (text.trim() === '' ? [] : [{ type: 'text', text }]);

function toMessages(exchange: Exchange<Message>): Turn[] {
  switch (exchange.kind) {
    case 'user':
      return [{ role: 'user', content: words(exchange.text) }];
    case 'own':
      return exchange.messages.map(({ content }) => ({
        role: 'assistant' as const,
        content: typeof content === 'string' ? words(content) : content,
      }));
    case 'agent': {
      const calls = exchange.calls.map(({ id = '', name, args }): Block => {
        return { type: 'tool_use', id, name, input: toObject(args) };
      });
      return [{ role: 'assistant', content: [...words(exchange.text), ...calls] }];
    }
    case 'answers':
      return [
        {
          role: 'user',
          content: exchange.answers.map(({ id = '', output, failed }) => ({
            type: 'tool_result' as const,
            tool_use_id: id,
            content: JSON.stringify(output),
            ...(failed && { is_error: true }),
          })),
        },
      ];
    default:
      return exchange satisfies never;
  }
}

/** Roles alternate and no message is empty; answers stand first in theirs, as they follow their calls at once. */
export function toAnthropicMessages(exchanges: readonly Exchange<Message>[]): Message[] {
  const messages: Turn[] = [];
  for (const { role, content } of exchanges.flatMap(toMessages)) {
    if (content.length === 0) continue;
    const last = messages.at(-1);
    if (last?.role === role) last.content = [...last.content, ...content];
    else messages.push({ role, content });
  }
  return messages;
}
