import { ConversingModel, type Timing } from '../conversing/conversing-model.js';
import { type Message } from './anthropic-messages.js';
import { type MessageEvent } from './anthropic-reader.js';
import { AnthropicWire, type AnthropicWireSettings } from './anthropic-wire.js';

export interface AnthropicSettings extends AnthropicWireSettings {
  contextTokens: number;
  timing?: Partial<Timing>;
}

export class AnthropicLanguageModel extends ConversingModel<Message, MessageEvent> {
  constructor({ contextTokens, timing, ...wire }: AnthropicSettings) {
    super(new AnthropicWire(wire), contextTokens, timing);
  }
}
