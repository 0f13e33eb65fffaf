import {
  type BlockedReason,
  type Content,
  FinishReason,
  type FunctionCall,
  type GenerateContentConfig,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai';
import { cutOff, refused, timedOut } from './gemini-failures.js';
import { guardedFetch } from './guarded-fetch.js';
import { keepPart } from './provider-state.js';

export interface GeminiClientSettings {
  apiKey: string;
  baseUrl: string;
  model: string;
  /** Milliseconds without a chunk after which an attempt is given up; the first chunk may take longer (thinking). */
  firstChunkMs: number;
  idleMs: number;
}

export interface StreamedReply {
  /** As Gemini wants them back. */
  parts: Part[];
  text: string;
  calls: FunctionCall[];
  finish: FinishReason;
  usage: { inputTokens: number; outputTokens: number };
}

interface AttemptOptions {
  signal: AbortSignal;
  onDelta: (delta: string) => void;
  /** The provider has accepted the request; from now on a broken connection is a cut answer. */
  onBegin: () => void;
}

class ReplyReader {
  private readonly parts: Part[] = [];
  private readonly calls: FunctionCall[] = [];
  private text = '';
  private finish: FinishReason | undefined;
  private blocked: BlockedReason | undefined;
  private seen: 'nothing' | 'event' | 'candidate' = 'nothing';
  private usage = { inputTokens: 0, outputTokens: 0 };

  constructor(private readonly onDelta: (delta: string) => void) {}

  read({ candidates, promptFeedback, usageMetadata }: GenerateContentResponse): void {
    const candidate = candidates?.[0];
    if (candidate) this.seen = 'candidate';
    else if (this.seen === 'nothing') this.seen = 'event';
    this.finish = candidate?.finishReason ?? this.finish;
    this.blocked = promptFeedback?.blockReason ?? this.blocked;
    if (usageMetadata) {
      const { promptTokenCount = 0, toolUsePromptTokenCount = 0 } = usageMetadata;
      const { candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usageMetadata;
      this.usage = {
        inputTokens: promptTokenCount + toolUsePromptTokenCount,
        outputTokens: candidatesTokenCount + thoughtsTokenCount,
      };
    }
    for (const part of candidate?.content?.parts ?? []) this.readPart(part);
  }

  end(): StreamedReply {
    if (this.blocked) throw refused(this.blocked);
    if (this.seen === 'event') throw refused(undefined);
    if (!this.finish) throw cutOff();
    return { parts: this.parts, text: this.text, calls: this.calls, finish: this.finish, usage: this.usage };
  }

  private readPart(part: Part): void {
    keepPart(this.parts, part);
    if (part.functionCall) this.calls.push(part.functionCall);
    if (!part.text || part.thought) return;
    this.text += part.text;
    this.onDelta(part.text);
  }
}

/** One request to Gemini, streamed to its end. Knows nothing of retries. */
export class GeminiClient {
  // It holds the key: a truly private member is seen by no logger.
  readonly #sdk: GoogleGenAI;
  private readonly settings: Omit<GeminiClientSettings, 'apiKey'>;

  constructor({ apiKey, ...settings }: GeminiClientSettings) {
    const { baseUrl } = settings;
    this.settings = settings;
    this.#sdk = new GoogleGenAI({
      apiKey,
      // Said aloud, as the SDK would else take each of these from the environment.
      vertexai: false,
      httpOptions: { baseUrl, apiVersion: 'v1beta', fetch: guardedFetch(apiKey) },
    });
  }

  /**
   * @throws the signal's reason when aborted; ModelFailure for silence, refusal and a missing end; else what the SDK throws
   */
  async attempt(
    contents: Content[],
    config: GenerateContentConfig,
    { signal, onDelta, onBegin }: AttemptOptions,
  ): Promise<StreamedReply> {
    const { model, firstChunkMs, idleMs } = this.settings;
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), firstChunkMs);
    const reader = new ReplyReader(onDelta);
    try {
      const stream = await this.#sdk.models.generateContentStream({
        model,
        contents,
        config: {
          ...config,
          abortSignal: AbortSignal.any([signal, silence.signal]),
          // Further requests of the SDK's own would be neither counted nor bounded.
          automaticFunctionCalling: { disable: true },
          automaticContinuation: false,
        },
      });
      onBegin();
      for await (const chunk of stream) {
        clearTimeout(timer);
        signal.throwIfAborted();
        reader.read(chunk);
        timer = setTimeout(() => silence.abort(), idleMs);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (silence.signal.aborted) throw timedOut();
      throw error;
    } finally {
      clearTimeout(timer);
      // The SDK only lets go of the body; without this an abandoned answer would keep its connection.
      silence.abort();
    }
    return reader.end();
  }
}
