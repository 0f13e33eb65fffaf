import { type DeclaredFunction } from './declared-functions.js';
import { type Exchange } from './exchanges.js';
import { type NameRules } from './function-names.js';
import { type ProviderRefusal } from './guarded-fetch.js';
import { type ToolCall } from './proposed-nodes.js';

export type Ending =
  | { kind: 'complete' }
  /** The reply reached its length limit. */
  | { kind: 'length' }
  /** The model's own mistake, in the vendor's words: asking again often helps. */
  | { kind: 'slip'; reason: string }
  /** In words that complete “declined to answer because of”. */
  | { kind: 'refused'; because?: string };

export interface StreamedReply<Message> {
  text: string;
  calls: ToolCall[];
  ending: Ending;
  usage: { inputTokens: number; outputTokens: number };
  /** As the vendor wants them back. */
  messages: Message[];
  /** The same without the calls; empty when nothing is left. */
  words: Message[];
  /** Whether `text` says all that is in `words`. */
  isPlain: boolean;
}

export interface Prompt<Message> {
  system: string;
  messages: Message[];
  functions: DeclaredFunction[];
  maxOutputTokens: number;
}

export interface ReplyReader<Message, Event> {
  read(event: Event): void;
  /** @throws ModelFailure for a block or a missing end */
  end(): StreamedReply<Message>;
}

/** How the failures of one vendor are told. */
export interface VendorWords {
  /** As people know it, e.g. `Gemini`. */
  vendor: string;
  /** Where the key is set. */
  keySetting: string;
}

/** A vendor's own service has its name and key; another server that speaks its dialect is known by its host. */
export const wordsFor = (vendor: string, baseUrl: string, originalUrl: string): VendorWords => {
  const keySetting = `${vendor.toUpperCase()}_API_KEY`;
  if (baseUrl === originalUrl) return { vendor, keySetting };
  return { vendor: `The model server at ${new URL(baseUrl).host}`, keySetting: `${keySetting} or LLM_KEYS` };
};

/** What differs between vendors: how a prompt is sent and how the answer is read. Knows nothing of retries. */
export interface VendorWire<Message, Event> {
  readonly provider: string;
  readonly model: string;
  readonly words: VendorWords;
  readonly nameRules: NameRules;
  isMessage(value: unknown): value is Message;
  /** Each exchange with calls is followed by its answers, and the first one is the user's. */
  toMessages(exchanges: readonly Exchange<Message>[]): Message[];
  /** @throws ProviderRefusal, UnreadableReply, what the SDK or fetch throws */
  open(prompt: Prompt<Message>, signal: AbortSignal): Promise<AsyncIterable<Event>>;
  reader(onDelta: (delta: string) => void): ReplyReader<Message, Event>;
  /** An error event in the middle of the stream, as the SDK throws it. */
  toRefusal(error: unknown): ProviderRefusal | undefined;
}
