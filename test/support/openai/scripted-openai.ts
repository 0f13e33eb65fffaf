import { type Dialect, ScriptedModelServer } from '../models/scripted-model-server.js';
import { type Reply, status, text } from './replies.js';
import { type Declaration, refusals } from '../vendors/declaration-rules.js';
import { type OpenAiBody } from './wire.js';

export type ScriptedOpenAi = ScriptedModelServer<OpenAiBody>;

interface Options {
  /** None: a server of one's own that wants no key. */
  apiKey?: string | undefined;
  brain?: (body: OpenAiBody) => Reply;
  refuse?: (body: OpenAiBody) => string | undefined;
}

export const toDeclarations = ({ tools = [] }: OpenAiBody): Declaration[] => tools.map((tool) => tool.function);

/** Speaks OpenAI's chat completions at `<url>/v1`; declarations that OpenAI refuses get a 400. */
export function startScriptedOpenAi({ apiKey, brain, refuse }: Options = {}): Promise<ScriptedOpenAi> {
  const dialect: Dialect<OpenAiBody> = {
    path: '/v1/chat/completions',
    keyOf: ({ authorization }) => authorization?.replace(/^Bearer /, ''),
    status,
    refuse: (body) => refusals('openai', toDeclarations(body))[0] ?? refuse?.(body),
  };
  return ScriptedModelServer.start(dialect, apiKey, brain ?? (() => text('Nothing was scripted.')));
}
