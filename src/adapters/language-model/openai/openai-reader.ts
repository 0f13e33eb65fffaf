import { type OpenAI } from 'openai';
import { parseArguments, toObject } from '../conversing/complete-arguments.js';
import { cutOff } from '../conversing/failures.js';
import { type ToolCall } from '../conversing/proposed-nodes.js';
import { type Ending, type ReplyReader, type StreamedReply, type VendorWords } from '../conversing/vendor-wire.js';
import { type ChatMessage } from './openai-messages.js';

export type ChatChunk = OpenAI.Chat.Completions.ChatCompletionChunk;

interface PartialCall {
  id: string;
  name: string;
  text: string;
}

/** As imitating servers send them: every member may be missing, and arguments may be an object. */
interface LooseCall {
  index?: number;
  id?: string | null;
  function?: { name?: string | null; arguments?: unknown } | null;
}

function toEnding(finish: string): Ending {
  if (finish === 'length') return { kind: 'length' };
  if (finish === 'content_filter') return { kind: 'refused', because: 'its content filter' };
  if (finish === 'error') return { kind: 'slip', reason: finish };
  return { kind: 'complete' };
}

const isWhole = ({ text }: PartialCall): boolean => text !== '' && typeof parseArguments(text) === 'object';

/** Words of some servers come in parts, thoughts among them. */
function readWords(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? (content as { type?: unknown; text?: unknown }[]) : [];
  return parts.map((part) => (part?.type === 'text' && typeof part.text === 'string' ? part.text : '')).join('');
}

/** Nine letters and digits: the one form that every chat template takes. */
const madeUpId = (index: number): string => `call${String(index + 1).padStart(5, '0')}`;

export class OpenAiReader implements ReplyReader<ChatMessage, ChatChunk> {
  private readonly calls: PartialCall[] = [];
  private readonly byIndex = new Map<number, PartialCall>();
  private text = '';
  private refusal = '';
  private finish: string | undefined;
  private usage = { inputTokens: 0, outputTokens: 0 };

  constructor(
    private readonly words: VendorWords,
    private readonly onDelta: (delta: string) => void,
  ) {}

  read({ choices, usage }: Partial<ChatChunk>): void {
    if (usage) this.usage = { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
    const choice = choices?.[0];
    if (!choice) return;
    this.finish = choice.finish_reason ?? this.finish;
    const { content: given, refusal, tool_calls: calls } = choice.delta ?? {};
    const content = readWords(given);
    if (refusal) this.refusal += refusal;
    for (const call of (calls ?? []) as LooseCall[]) this.readCall(call);
    if (!content) return;
    this.text += content;
    this.onDelta(content);
  }

  end(): StreamedReply<ChatMessage> {
    if (this.finish === undefined) throw cutOff(this.words);
    const calls = this.calls.map(({ id, name, text }): ToolCall => ({ id, name, args: parseArguments(text) }));
    const declined = this.refusal !== '' && this.text === '' && calls.length === 0;
    const words: ChatMessage[] = this.text ? [{ role: 'assistant', content: this.text }] : [];
    return {
      text: this.text,
      calls,
      ending: declined ? { kind: 'refused', because: 'its own rules' } : toEnding(this.finish),
      usage: this.usage,
      messages: calls.length > 0 ? [this.toMessage(calls)] : words,
      words,
      isPlain: true,
    };
  }

  private toMessage(calls: ToolCall[]): ChatMessage {
    return {
      role: 'assistant',
      content: this.text || null,
      tool_calls: calls.map(({ id = '', name, args }) => ({
        id,
        type: 'function' as const,
        // Anything else would break the chat template of a server that reads it again.
        function: { name, arguments: JSON.stringify(toObject(args)) },
      })),
    };
  }

  private readCall({ index, id, function: called }: LooseCall): void {
    const known = this.find({ index, id, function: called });
    const call = known ?? { id: this.nameCall(id), name: '', text: '' };
    if (!known) this.calls.push(call);
    if (index !== undefined) this.byIndex.set(index, call);
    if (called?.name && call.name === '') call.name = called.name;
    const given = called?.arguments;
    if (typeof given === 'string') call.text += given;
    else if (given !== undefined && given !== null) call.text = JSON.stringify(given);
  }

  /** The server's, unless another call of the reply has it: two under one id cannot both be answered. */
  private nameCall(id: string | null | undefined): string {
    const isFree = id && !this.calls.some((call) => call.id === id);
    return isFree ? id : madeUpId(this.calls.length);
  }

  /**
   * A piece belongs to the call of its index, unless it names another id, or begins once more when that call is whole:
   * some servers number all calls 0.
   */
  private find({ index, id, function: called }: LooseCall): PartialCall | undefined {
    if (index === undefined) {
      if (id) return this.calls.find((call) => call.id === id);
      return called?.name ? undefined : this.calls.at(-1);
    }
    const call = this.byIndex.get(index);
    if (call && !id && called?.name && called.arguments && isWhole(call)) return undefined;
    if (!call || !id || call.id === id) return call;
    return this.calls.find((other) => other.id === id);
  }
}
