import { call } from '../api/http.js';
import { modelsQuery, queryClient } from '../api/queries.js';
import type { Model } from '../api/types.js';
import type { Option, Reply } from '../app/command.js';
import { modelFacts } from './model-words.js';

/** What every provider is to people. */
export const PROVIDERS: Record<string, string> = {
  gemini: 'Google Gemini',
  openai: 'OpenAI-compatible',
  anthropic: 'Anthropic',
  offline: 'rules, no network',
};

const known = (): Model[] => queryClient.getQueryData(modelsQuery.queryKey)?.models ?? [];

export const modelOptions = (): Option[] =>
  known().map((model) => ({
    value: model.id,
    help: model.provider === 'offline' ? 'rules, no network' : modelFacts(model),
  }));

/** `default` follows whatever the default is. @throws Problem MODEL_NOT_OFFERED, which names those that are */
export async function chooseModel(sessionId: string, wanted: string): Promise<Reply> {
  const model = wanted === 'default' ? null : wanted;
  const session = await call<{ model: string }>('PATCH', `/sessions/${sessionId}`, { body: { model } });
  void queryClient.invalidateQueries({ queryKey: ['session', sessionId] });
  const name = known().find(({ id }) => id === session.model)?.name ?? session.model;
  return { notice: `${name} answers from the next reply on.` };
}
