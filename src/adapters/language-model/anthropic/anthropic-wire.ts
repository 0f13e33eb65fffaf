import Anthropic from '@anthropic-ai/sdk';
import { type Exchange } from '../conversing/exchanges.js';
import { guardedFetch, ProviderRefusal } from '../conversing/guarded-fetch.js';
import { type Prompt, type VendorWire, type VendorWords, wordsFor } from '../conversing/vendor-wire.js';
import { type Message, toAnthropicMessages } from './anthropic-messages.js';
import { AnthropicReader, type MessageEvent } from './anthropic-reader.js';

const ANTHROPIC_URL = 'https://api.anthropic.com';

/** The HTTP statuses that the types of error events stand for (docs.claude.com, “Errors”). */
const STATUSES: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

export interface AnthropicWireSettings {
  apiKey?: string | undefined;
  /** Without the version; default Anthropic's own. */
  baseUrl?: string | undefined;
  model: string;
}

/** Anthropic's messages, streamed. */
export class AnthropicWire implements VendorWire<Message, MessageEvent> {
  readonly provider = 'anthropic';
  /** One pattern for old and new models; the API itself allows 128 characters. */
  readonly nameRules = { legal: /^[A-Za-z0-9_-]{1,64}$/, illegal: /[^A-Za-z0-9_-]/g };
  readonly model: string;
  readonly words: VendorWords;
  // It holds the key: a truly private member is seen by no logger.
  readonly #sdk: Anthropic;

  constructor({ apiKey, baseUrl = ANTHROPIC_URL, model }: AnthropicWireSettings) {
    this.model = model;
    this.words = wordsFor('Anthropic', baseUrl, ANTHROPIC_URL);
    this.#sdk = new Anthropic({
      // Given in any case, as the SDK would else look for one in the environment.
      apiKey: apiKey ?? 'none',
      baseURL: baseUrl,
      maxRetries: 0,
      logLevel: 'off',
      fetch: guardedFetch(apiKey),
      ...(apiKey === undefined && { defaultHeaders: { authorization: null } }),
    });
  }

  isMessage(value: unknown): value is Message {
    return typeof value === 'object' && value !== null && 'role' in value && value.role === 'assistant';
  }

  toMessages(exchanges: readonly Exchange<Message>[]): Message[] {
    return toAnthropicMessages(exchanges);
  }

  async open(
    { system, messages, functions, maxOutputTokens }: Prompt<Message>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<MessageEvent>> {
    return this.#sdk.messages.create(
      {
        model: this.model,
        max_tokens: maxOutputTokens,
        system,
        messages,
        stream: true,
        ...(functions.length > 0 && {
          tools: functions.map(({ name, description, parameters }) => ({
            name,
            description,
            input_schema: { ...parameters, type: 'object' as const },
          })),
        }),
      },
      { signal },
    );
  }

  reader(onDelta: (delta: string) => void): AnthropicReader {
    return new AnthropicReader(this.words, onDelta);
  }

  toRefusal(error: unknown): ProviderRefusal | undefined {
    if (!(error instanceof Anthropic.APIError)) return undefined;
    if (error instanceof Anthropic.APIConnectionError || error instanceof Anthropic.APIUserAbortError) return undefined;
    const given: unknown = error.status;
    const status = typeof given === 'number' ? given : (STATUSES[String(error.type)] ?? 500);
    return new ProviderRefusal(status, 'an error inside the stream', undefined);
  }
}
