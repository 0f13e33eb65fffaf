import { type ServerResponse } from 'node:http';
import { AnthropicLanguageModel } from '../../../src/adapters/language-model/anthropic/anthropic-language-model.js';
import { type Timing } from '../../../src/adapters/language-model/conversing/conversing-model.js';
import { GeminiLanguageModel } from '../../../src/adapters/language-model/gemini/gemini-language-model.js';
import { OpenAiLanguageModel } from '../../../src/adapters/language-model/openai/openai-language-model.js';
import { type LanguageModel } from '../../../src/core/agent/language-model.port.js';
import * as anthropic from '../anthropic/replies.js';
import { startScriptedAnthropic, toDeclarations as ofAnthropic } from '../anthropic/scripted-anthropic.js';
import * as gemini from '../gemini/replies.js';
import { startScriptedGemini, toDeclarations as ofGemini } from '../gemini/scripted-gemini.js';
import { type WirePlanNode } from '../gemini/wire.js';
import * as openai from '../openai/replies.js';
import { startScriptedOpenAi, toDeclarations as ofOpenAi } from '../openai/scripted-openai.js';
import { type Declaration } from '../vendors/declaration-rules.js';

/** A reply in some vendor's form; only that vendor's server may be given it. */
export type VendorReply = (response: ServerResponse, body: never) => void;

export interface VendorServer {
  url: string;
  requests: readonly { model: string; body: object }[];
  script(...replies: VendorReply[]): void;
  seen(count: number): Promise<{ model: string; body: object; closed: Promise<string> }>;
  close(): Promise<void>;
}

/** What each vendor's scripted server can be told to say, in one vocabulary. */
export interface Replies {
  text(...chunks: string[]): VendorReply;
  calls(wanted: { name: string; args: Record<string, unknown> }[], said?: string): VendorReply;
  plan(nodes: (Partial<WirePlanNode> & { key: string; tool: string })[], said?: string): VendorReply;
  malformed(): VendorReply;
  declined(): VendorReply;
  lengthReached(said: string): VendorReply;
  status(code: number, options?: { message?: string; retryAfterSeconds?: number }): VendorReply;
  errorAfter(chunks: string[], code: number): VendorReply;
  cutAfter(...chunks: string[]): VendorReply;
  hang(...chunks: string[]): VendorReply;
}

export interface Vendor {
  name: 'gemini' | 'openai' | 'anthropic';
  model: string;
  replies: Replies;
  start(apiKey: string): Promise<VendorServer>;
  open(url: string, apiKey: string, timing?: Partial<Timing>): LanguageModel;
  /** The functions of a request. */
  declarations(body: never): Declaration[];
  /** The settings by which the product uses the server. */
  settings(url: string, apiKey: string): Record<string, string>;
}

/** Only replies of the same vendor reach it: see `VendorReply`. */
const started = (server: Promise<unknown>): Promise<VendorServer> => server as Promise<VendorServer>;

const CONTEXT_TOKENS = 100_000;

export const GEMINI: Vendor = {
  name: 'gemini',
  model: 'gemini-2.5-flash',
  declarations: ofGemini,
  replies: {
    ...gemini,
    declined: gemini.safetyBlock,
    lengthReached: (said) => gemini.finish('MAX_TOKENS', said),
  },
  start: (apiKey) => started(startScriptedGemini({ apiKey })),
  open: (baseUrl, apiKey, timing = {}) =>
    new GeminiLanguageModel({ apiKey, baseUrl, model: GEMINI.model, contextTokens: CONTEXT_TOKENS, timing }),
  settings: (url, apiKey) => ({ LLM_PROVIDER: '', GEMINI_API_KEY: apiKey, GEMINI_BASE_URL: url }),
};

export const OPENAI: Vendor = {
  name: 'openai',
  model: 'gpt-5.4-mini',
  declarations: ofOpenAi,
  replies: openai,
  start: (apiKey) => started(startScriptedOpenAi({ apiKey })),
  open: (url, apiKey, timing = {}) =>
    new OpenAiLanguageModel({
      apiKey,
      baseUrl: `${url}/v1`,
      model: OPENAI.model,
      contextTokens: CONTEXT_TOKENS,
      timing,
    }),
  settings: (url, apiKey) => ({ LLM_PROVIDER: '', OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: `${url}/v1` }),
};

export const ANTHROPIC: Vendor = {
  name: 'anthropic',
  model: 'claude-sonnet-5-5',
  declarations: ofAnthropic,
  replies: anthropic,
  start: (apiKey) => started(startScriptedAnthropic({ apiKey })),
  open: (baseUrl, apiKey, timing = {}) =>
    new AnthropicLanguageModel({
      apiKey,
      baseUrl,
      model: ANTHROPIC.model,
      contextTokens: CONTEXT_TOKENS,
      timing,
    }),
  settings: (url, apiKey) => ({ LLM_PROVIDER: '', ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: url }),
};

export const VENDORS: readonly Vendor[] = [GEMINI, OPENAI, ANTHROPIC];
