import { type Dialect, ScriptedModelServer } from '../models/scripted-model-server.js';
import { type Reply, status, text } from './replies.js';
import { type AnthropicBody } from './wire.js';

export type ScriptedAnthropic = ScriptedModelServer<AnthropicBody>;

interface Options {
  apiKey?: string | undefined;
  brain?: (body: AnthropicBody) => Reply;
  refuse?: (body: AnthropicBody) => string | undefined;
}

/** Speaks Anthropic's messages at `<url>`. */
export function startScriptedAnthropic({ apiKey, brain, refuse }: Options = {}): Promise<ScriptedAnthropic> {
  const dialect: Dialect<AnthropicBody> = {
    path: '/v1/messages',
    keyOf: ({ authorization }) => authorization?.replace(/^Bearer /, ''),
    status,
    refuse,
  };
  return ScriptedModelServer.start(dialect, apiKey, brain ?? (() => text('Nothing was scripted.')));
}
