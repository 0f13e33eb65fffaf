import { type Anthropic } from '@anthropic-ai/sdk';
import { parseArguments, toObject } from '../conversing/complete-arguments.js';
import { cutOff } from '../conversing/failures.js';
import { type ToolCall } from '../conversing/proposed-nodes.js';
import { type Ending, type ReplyReader, type StreamedReply, type VendorWords } from '../conversing/vendor-wire.js';
import { type Block, type Message } from './anthropic-messages.js';

export type MessageEvent = Anthropic.RawMessageStreamEvent;
type Started = Anthropic.RawContentBlockStartEvent['content_block'];
type Delta = Anthropic.RawContentBlockDeltaEvent['delta'];

interface OpenBlock {
  block: Started;
  /** Of a tool's input, as it comes. */
  json: string;
}

function toEnding(stop: string): Ending {
  if (stop === 'max_tokens' || stop === 'model_context_window_exceeded') return { kind: 'length' };
  if (stop === 'refusal') return { kind: 'refused', because: 'its safety rules' };
  return { kind: 'complete' };
}

export class AnthropicReader implements ReplyReader<Message, MessageEvent> {
  private readonly blocks = new Map<number, OpenBlock>();
  private text = '';
  private stop: string | undefined;
  private inputTokens = 0;
  private outputTokens = 0;

  constructor(
    private readonly words: VendorWords,
    private readonly onDelta: (delta: string) => void,
  ) {}

  read(event: MessageEvent): void {
    if (event.type === 'message_start') this.readUsage(event.message.usage);
    else if (event.type === 'content_block_start') this.begin(event.index, event.content_block);
    else if (event.type === 'content_block_delta') this.grow(event.index, event.delta);
    else if (event.type === 'message_delta') {
      this.stop = event.delta.stop_reason ?? this.stop;
      this.readUsage(event.usage);
    }
  }

  end(): StreamedReply<Message> {
    if (this.stop === undefined) throw cutOff(this.words);
    const open = [...this.blocks.entries()].toSorted(([one], [other]) => one - other).map(([, block]) => block);
    const content = open.flatMap(toParam);
    const spoken = content.filter(({ type }) => type !== 'tool_use');
    return {
      text: this.text,
      calls: open.flatMap(toCall),
      ending: toEnding(this.stop),
      usage: { inputTokens: this.inputTokens, outputTokens: this.outputTokens },
      messages: toMessage(content),
      // Thoughts alone are no message.
      words: this.text.trim() === '' ? [] : toMessage(spoken),
      isPlain: spoken.every(({ type }) => type === 'text'),
    };
  }

  private begin(index: number, block: Started): void {
    this.blocks.set(index, { block: { ...block }, json: '' });
    if (block.type === 'text' && block.text) this.say(block.text);
  }

  private grow(index: number, delta: Delta): void {
    const open = this.blocks.get(index);
    if (!open) return;
    const { block } = open;
    if (delta.type === 'text_delta' && block.type === 'text') {
      block.text += delta.text;
      this.say(delta.text);
    } else if (delta.type === 'input_json_delta') open.json += delta.partial_json;
    else if (delta.type === 'thinking_delta' && block.type === 'thinking') block.thinking += delta.thinking;
    else if (delta.type === 'signature_delta' && block.type === 'thinking') block.signature = delta.signature;
  }

  private say(text: string): void {
    this.text += text;
    this.onDelta(text);
  }

  private readUsage(usage: Partial<Anthropic.MessageDeltaUsage> | undefined): void {
    if (!usage) return;
    const input =
      (usage.input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
    this.inputTokens = input || this.inputTokens;
    this.outputTokens = usage.output_tokens ?? this.outputTokens;
  }
}

const toMessage = (content: Block[]): Message[] => (content.length > 0 ? [{ role: 'assistant', content }] : []);

const readInput = ({ block, json }: OpenBlock): unknown =>
  json === '' && block.type === 'tool_use' ? block.input : parseArguments(json);

function toCall(open: OpenBlock): ToolCall[] {
  const { block } = open;
  return block.type === 'tool_use' ? [{ id: block.id, name: block.name, args: readInput(open) }] : [];
}

/** As the API takes it back: thoughts unchanged with their signatures, no empty text. */
function toParam(open: OpenBlock): Block[] {
  const { block } = open;
  switch (block.type) {
    case 'text':
      return block.text.trim() === '' ? [] : [{ type: 'text', text: block.text }];
    case 'thinking':
      return [{ type: 'thinking', thinking: block.thinking, signature: block.signature }];
    case 'redacted_thinking':
      return [{ type: 'redacted_thinking', data: block.data }];
    case 'tool_use':
      return [{ type: 'tool_use', id: block.id, name: block.name, input: toObject(readInput(open)) }];
    default:
      return [];
  }
}
