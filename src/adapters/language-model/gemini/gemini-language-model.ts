import { type Content, type GenerateContentResponse } from '@google/genai';
import { ConversingModel, type Timing } from '../conversing/conversing-model.js';
import { GeminiWire } from './gemini-wire.js';

export interface GeminiSettings {
  apiKey: string;
  /** Without the API version; default Google's own. */
  baseUrl?: string | undefined;
  model: string;
  contextTokens: number;
  timing?: Partial<Timing>;
}

const DEFAULT_BASE_URL = 'https://generativelanguage.googleapis.com';

export class GeminiLanguageModel extends ConversingModel<Content, GenerateContentResponse> {
  constructor({ apiKey, baseUrl = DEFAULT_BASE_URL, model, contextTokens, timing }: GeminiSettings) {
    super(new GeminiWire({ apiKey, baseUrl, model }), contextTokens, timing);
  }
}
