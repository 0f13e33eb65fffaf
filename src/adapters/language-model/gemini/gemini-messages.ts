import { type Content, type Part } from '@google/genai';
import { type Exchange } from '../conversing/exchanges.js';

/** Gemini's documented value for calls that it did not make itself (ai.google.dev, “Thought signatures”). */
const FOREIGN_CALL = 'skip_thought_signature_validator';

function toContent(exchange: Exchange<Content>): Content[] {
  switch (exchange.kind) {
    case 'user':
      return [{ role: 'user', parts: [{ text: exchange.text }] }];
    case 'own':
      return exchange.messages;
    case 'agent':
      return [
        {
          role: 'model',
          parts: [
            ...(exchange.text ? [{ text: exchange.text }] : []),
            ...exchange.calls.map(({ id, name, args }) => ({
              functionCall: { ...(id && { id }), name, args: args as Record<string, unknown> },
              thoughtSignature: FOREIGN_CALL,
            })),
          ],
        },
      ];
    case 'answers':
      return [
        {
          role: 'user',
          parts: exchange.answers.map(({ id, name, output }) => ({
            functionResponse: { ...(id && { id }), name, response: output },
          })),
        },
      ];
    default:
      return exchange satisfies never;
  }
}

/** What Gemini insists on beyond the order of exchanges: roles alternate, and no content is empty. */
export function toContents(exchanges: readonly Exchange<Content>[]): Content[] {
  const contents: Content[] = [];
  for (const { role, parts = [] } of exchanges.flatMap(toContent)) {
    if (parts.length === 0) continue;
    const last = contents.at(-1);
    if (last && last.role === role) last.parts = [...(last.parts ?? []), ...parts];
    else contents.push({ role: role ?? 'model', parts });
  }
  return contents;
}

const isPlainText = (part: Part): boolean => Object.keys(part).every((key) => key === 'text');

/** Whether words are all there is: no call, no signature. */
export const isPlain = (parts: readonly Part[]): boolean => parts.every(isPlainText);

/**
 * Adds a streamed part to those that go back with the history. Plain words are joined; a part with a signature stays
 * alone, as the signature covers just that part; thoughts without one are of no further use.
 */
export function keepPart(parts: Part[], part: Part): void {
  if (part.thought && !part.thoughtSignature) return;
  const last = parts.at(-1);
  if (last && isPlainText(last) && isPlainText(part)) last.text = `${last.text ?? ''}${part.text ?? ''}`;
  else if (!isPlainText(part) || part.text) parts.push({ ...part });
}
