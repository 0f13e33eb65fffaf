import {
  type BlockedReason,
  type Content,
  FinishReason,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai';
import { type Exchange } from '../conversing/exchanges.js';
import { cutOff, refused } from '../conversing/failures.js';
import { guardedFetch, ProviderRefusal } from '../conversing/guarded-fetch.js';
import { type ToolCall } from '../conversing/proposed-nodes.js';
import {
  type Ending,
  type Prompt,
  type ReplyReader,
  type StreamedReply,
  type VendorWire,
} from '../conversing/vendor-wire.js';
import { isPlain, keepPart, toContents } from './gemini-messages.js';

const WORDS = { vendor: 'Gemini', keySetting: 'GEMINI_API_KEY' };

/** Finish reasons that are the model's own slip: asking again often helps. */
const SLIPS: readonly FinishReason[] = [
  FinishReason.MALFORMED_FUNCTION_CALL,
  FinishReason.UNEXPECTED_TOOL_CALL,
  FinishReason.MALFORMED_RESPONSE,
];

const REFUSALS: Partial<Record<string, string>> = {
  [FinishReason.SAFETY]: 'its safety rules',
  [FinishReason.PROHIBITED_CONTENT]: 'its rules on prohibited content',
  [FinishReason.BLOCKLIST]: 'its list of blocked terms',
  [FinishReason.SPII]: 'its rules on personal data',
  [FinishReason.RECITATION]: 'its rules on copying published text',
  [FinishReason.LANGUAGE]: 'a language it does not support',
};

function toEnding(finish: FinishReason): Ending {
  if (finish === FinishReason.STOP) return { kind: 'complete' };
  if (finish === FinishReason.MAX_TOKENS) return { kind: 'length' };
  if (SLIPS.includes(finish)) return { kind: 'slip', reason: finish };
  const because = REFUSALS[finish];
  return { kind: 'refused', ...(because === undefined ? {} : { because }) };
}

class GeminiReader implements ReplyReader<Content, GenerateContentResponse> {
  private readonly parts: Part[] = [];
  private readonly calls: ToolCall[] = [];
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

  end(): StreamedReply<Content> {
    if (this.blocked) throw refused(WORDS, REFUSALS[this.blocked]);
    if (this.seen === 'event') throw refused(WORDS);
    if (!this.finish) throw cutOff(WORDS);
    const words = this.parts.filter((part) => !part.functionCall);
    return {
      text: this.text,
      calls: this.calls,
      ending: toEnding(this.finish),
      usage: this.usage,
      messages: this.parts.length > 0 ? [{ role: 'model', parts: this.parts }] : [],
      words: words.length > 0 ? [{ role: 'model', parts: words }] : [],
      isPlain: isPlain(words),
    };
  }

  private readPart(part: Part): void {
    keepPart(this.parts, part);
    const { functionCall: call } = part;
    if (call) this.calls.push({ id: call.id, name: call.name ?? '', args: call.args ?? {} });
    if (!part.text || part.thought) return;
    this.text += part.text;
    this.onDelta(part.text);
  }
}

/** Gemini over its public REST interface (v1beta), streamed. */
export class GeminiWire implements VendorWire<Content, GenerateContentResponse> {
  readonly provider = 'gemini';
  readonly words = WORDS;
  /** A letter or underscore first. */
  readonly nameRules = { legal: /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/, illegal: /[^A-Za-z0-9_.:-]/g };
  readonly model: string;
  // It holds the key: a truly private member is seen by no logger.
  readonly #sdk: GoogleGenAI;

  constructor({ apiKey, baseUrl, model }: { apiKey: string; baseUrl: string; model: string }) {
    this.model = model;
    this.#sdk = new GoogleGenAI({
      apiKey,
      // Said aloud, as the SDK would else take each of these from the environment.
      vertexai: false,
      httpOptions: { baseUrl, apiVersion: 'v1beta', fetch: guardedFetch(apiKey) },
    });
  }

  isMessage(value: unknown): value is Content {
    return typeof value === 'object' && value !== null && 'parts' in value && Array.isArray(value.parts);
  }

  toMessages(exchanges: readonly Exchange<Content>[]): Content[] {
    return toContents(exchanges);
  }

  async open(
    { system, messages, functions, maxOutputTokens }: Prompt<Content>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<GenerateContentResponse>> {
    return this.#sdk.models.generateContentStream({
      model: this.model,
      contents: messages,
      config: {
        systemInstruction: system,
        maxOutputTokens,
        // No toolConfig: Gemini answers 400 to one without declarations, and AUTO is its default.
        ...(functions.length > 0 && {
          tools: [
            {
              functionDeclarations: functions.map(({ name, description, parameters }) => ({
                name,
                description,
                parametersJsonSchema: parameters,
              })),
            },
          ],
        }),
        abortSignal: signal,
        // Further requests of the SDK's own would be neither counted nor bounded.
        automaticFunctionCalling: { disable: true },
        automaticContinuation: false,
      },
    });
  }

  reader(onDelta: (delta: string) => void): GeminiReader {
    return new GeminiReader(onDelta);
  }

  toRefusal(error: unknown): ProviderRefusal | undefined {
    if (typeof error !== 'object' || error === null || !('name' in error) || error.name !== 'ApiError')
      return undefined;
    const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
    return new ProviderRefusal(status, 'an error inside the stream', undefined);
  }
}
