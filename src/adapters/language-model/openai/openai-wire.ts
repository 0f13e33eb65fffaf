import OpenAI from 'openai';
import { type Exchange } from '../conversing/exchanges.js';
import { guardedFetch, ProviderRefusal } from '../conversing/guarded-fetch.js';
import { type Prompt, type VendorWire, type VendorWords, wordsFor } from '../conversing/vendor-wire.js';
import { type ChatMessage, toChatMessages } from './openai-messages.js';
import { type ChatChunk, OpenAiReader } from './openai-reader.js';

type Request = OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;

/**
 * What servers and models differ in, found out by their refusals:
 * no `stream_options` · the other name of the length limit · no reasoning beside functions (gpt-5.6 and later).
 */
const CONCESSIONS = {
  noUsage: /stream_options|include_usage/i,
  otherLimit: /max_(?:completion_)?tokens/i,
  noReasoning: /reasoning_effort/i,
} as const;
type Concession = keyof typeof CONCESSIONS;
const NAMES = Object.keys(CONCESSIONS) as Concession[];

const OPENAI_URL = 'https://api.openai.com/v1';

export interface OpenAiWireSettings {
  /** Servers of one's own often take none. */
  apiKey?: string | undefined;
  /** With its version, e.g. `http://localhost:11434/v1`; default OpenAI's own. */
  baseUrl?: string | undefined;
  model: string;
}

/** OpenAI's chat completions, streamed: the dialect that vLLM, Ollama, LM Studio and most others speak as well. */
export class OpenAiWire implements VendorWire<ChatMessage, ChatChunk> {
  readonly provider = 'openai';
  readonly nameRules = { legal: /^[A-Za-z0-9_-]{1,64}$/, illegal: /[^A-Za-z0-9_-]/g };
  readonly model: string;
  readonly words: VendorWords;
  private readonly isOriginal: boolean;
  private conceded: readonly Concession[] = [];
  // It holds the key: a truly private member is seen by no logger.
  readonly #sdk: OpenAI;

  constructor({ apiKey, baseUrl = OPENAI_URL, model }: OpenAiWireSettings) {
    this.model = model;
    this.isOriginal = baseUrl === OPENAI_URL;
    this.words = wordsFor('OpenAI', baseUrl, OPENAI_URL);
    this.#sdk = new OpenAI({
      apiKey: apiKey ?? 'none',
      baseURL: baseUrl,
      // Said aloud, as the SDK would else take each of these from the environment.
      organization: null,
      project: null,
      adminAPIKey: null,
      maxRetries: 0,
      logLevel: 'off',
      fetch: guardedFetch(apiKey),
      ...(apiKey === undefined && { defaultHeaders: { authorization: null } }),
    });
  }

  isMessage(value: unknown): value is ChatMessage {
    return typeof value === 'object' && value !== null && 'role' in value && value.role === 'assistant';
  }

  toMessages(exchanges: readonly Exchange<ChatMessage>[]): ChatMessage[] {
    return toChatMessages(exchanges);
  }

  async open(prompt: Prompt<ChatMessage>, signal: AbortSignal): Promise<AsyncIterable<ChatChunk>> {
    let conceded = this.conceded;
    for (;;) {
      try {
        const stream = await this.#sdk.chat.completions.create(this.toRequest(prompt, conceded), { signal });
        this.conceded = conceded;
        return stream;
      } catch (error) {
        const next = findConcession(error, conceded);
        if (!next) throw error;
        conceded = [...conceded, next];
      }
    }
  }

  reader(onDelta: (delta: string) => void): OpenAiReader {
    return new OpenAiReader(this.words, onDelta);
  }

  toRefusal(error: unknown): ProviderRefusal | undefined {
    if (!(error instanceof OpenAI.APIError)) return undefined;
    if (error instanceof OpenAI.APIConnectionError || error instanceof OpenAI.APIUserAbortError) return undefined;
    const code = Number(error.status ?? error.code);
    const isStatus = Number.isInteger(code) && code >= 400 && code < 600;
    const isLimit = /rate_?limit/i.test(`${error.code} ${error.type}`);
    const status = isStatus ? code : isLimit ? 429 : 500;
    return new ProviderRefusal(status, 'an error inside the stream', undefined);
  }

  private toRequest(
    { system, messages, functions, maxOutputTokens }: Prompt<ChatMessage>,
    conceded: readonly Concession[],
  ): Request {
    const newName = this.isOriginal !== conceded.includes('otherLimit');
    return {
      model: this.model,
      stream: true,
      messages: [{ role: 'system', content: system }, ...messages],
      ...(newName ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens }),
      ...(functions.length > 0 && {
        tools: functions.map((declared) => ({ type: 'function' as const, function: { ...declared } })),
      }),
      ...(!conceded.includes('noUsage') && { stream_options: { include_usage: true } }),
      ...(conceded.includes('noReasoning') && { reasoning_effort: 'none' as const }),
    };
  }
}

function findConcession(error: unknown, conceded: readonly Concession[]): Concession | undefined {
  const refusal = error instanceof Error ? error.cause : undefined;
  const own = [error, refusal].find((link) => link instanceof ProviderRefusal);
  if (!own || (own.status !== 400 && own.status !== 422)) return undefined;
  return NAMES.find((name) => !conceded.includes(name) && CONCESSIONS[name].test(own.detail));
}
