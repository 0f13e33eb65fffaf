import { type OpenAI } from 'openai';
import { type Exchange } from '../conversing/exchanges.js';

export type ChatMessage = OpenAI.Chat.Completions.ChatCompletionMessageParam;

function toMessages(exchange: Exchange<ChatMessage>): ChatMessage[] {
  switch (exchange.kind) {
    case 'user':
      return [{ role: 'user', content: exchange.text }];
    case 'own':
      return exchange.messages;
    case 'agent': {
      const toolCalls = exchange.calls.map(({ id = '', name, args }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: JSON.stringify(args) },
      }));
      return [
        {
          role: 'assistant',
          content: exchange.text || null,
          ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
        },
      ];
    }
    case 'answers':
      return exchange.answers.map(({ id = '', output }) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: JSON.stringify(output),
      }));
    default:
      return exchange satisfies never;
  }
}

/** We send users' words as text only. */
const textOf = (content: unknown): string => (typeof content === 'string' ? content : JSON.stringify(content));

/** Chat templates of self-hosted models want user and assistant in turns, so messages of one side are joined. */
export function toChatMessages(exchanges: readonly Exchange<ChatMessage>[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const message of exchanges.flatMap(toMessages)) {
    const last = messages.at(-1);
    if (message.role === 'user' && last?.role === 'user' && typeof last.content === 'string')
      messages[messages.length - 1] = { role: 'user', content: `${last.content}\n\n${textOf(message.content)}` };
    else messages.push(message);
  }
  return messages;
}
