import { ConversingModel, type Timing } from '../conversing/conversing-model.js';
import { type ChatMessage } from './openai-messages.js';
import { type ChatChunk } from './openai-reader.js';
import { OpenAiWire, type OpenAiWireSettings } from './openai-wire.js';

export interface OpenAiSettings extends OpenAiWireSettings {
  contextTokens: number;
  timing?: Partial<Timing>;
}

export class OpenAiLanguageModel extends ConversingModel<ChatMessage, ChatChunk> {
  constructor({ contextTokens, timing, ...wire }: OpenAiSettings) {
    super(new OpenAiWire(wire), contextTokens, timing);
  }
}
