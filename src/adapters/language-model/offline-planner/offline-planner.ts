import {
  LanguageModel,
  type ModelReply,
  type ModelRequest,
  type RespondOptions,
} from '../../../core/agent/language-model.port.js';
import { MOST_CHARACTERS, replyTo } from './reply.js';
import { pieces } from './speech.js';

const CHARACTERS_PER_TOKEN = 4;

/**
 * Plans over the connected tools by rules: words against names and descriptions, values from the text by schema,
 * results of reading tools into the arguments of others. Needs no key, no network and no state.
 */
export class OfflinePlanner extends LanguageModel {
  readonly name = 'offline-planner';
  readonly contextTokens = MOST_CHARACTERS / CHARACTERS_PER_TOKEN;

  async respond(request: ModelRequest, { signal, onDelta }: RespondOptions): Promise<ModelReply> {
    signal.throwIfAborted();
    const { text, nodes } = replyTo(request);
    for (const piece of pieces(text)) {
      signal.throwIfAborted();
      onDelta(piece);
      await Promise.resolve();
    }
    return { text, nodes, usage: { inputTokens: 0, outputTokens: 0 } };
  }
}
