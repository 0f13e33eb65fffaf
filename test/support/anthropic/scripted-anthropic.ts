import { type Dialect, ScriptedModelServer } from '../models/scripted-model-server.js';
import { type Reply, status, text } from './replies.js';
import { type Declaration, refusals } from '../vendors/declaration-rules.js';
import { type AnthropicBody } from './wire.js';

export type ScriptedAnthropic = ScriptedModelServer<AnthropicBody>;

interface Options {
  apiKey?: string | undefined;
  brain?: (body: AnthropicBody) => Reply;
  refuse?: (body: AnthropicBody) => string | undefined;
}

export const toDeclarations = ({ tools = [] }: AnthropicBody): Declaration[] =>
  tools.map(({ name, description, input_schema: parameters }) => ({ name, description, parameters }));

/** Speaks Anthropic's messages at `<url>`; declarations that Anthropic refuses get a 400. */
export function startScriptedAnthropic({ apiKey, brain, refuse }: Options = {}): Promise<ScriptedAnthropic> {
  const dialect: Dialect<AnthropicBody> = {
    path: '/v1/messages',
    keyOf: ({ authorization }) => authorization?.replace(/^Bearer /, ''),
    status,
    refuse: (body) => refusals('anthropic', toDeclarations(body))[0] ?? refuse?.(body),
  };
  return ScriptedModelServer.start(dialect, apiKey, brain ?? (() => text('Nothing was scripted.')));
}
