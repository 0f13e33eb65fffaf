import { type LanguageModel } from '../../core/agent/language-model.port.js';
import { LanguageModels, OFFLINE_MODEL, type OfferedModel } from '../../core/agent/language-models.port.js';
import { type ModelSetting } from '../../platform/config/model-settings.js';
import { MOST_DECLARED, MOST_LISTED } from './conversing/tool-limits.js';
import { factsOf } from './known-models.js';
import { OfflinePlanner } from './offline-planner/offline-planner.js';

/** The models of the settings; each is opened when it is first used, as the SDKs take their time to load. */
export class ConfiguredModels extends LanguageModels {
  readonly offered: readonly OfferedModel[];
  readonly fallback: readonly string[];
  private readonly settings: ReadonlyMap<string, ModelSetting>;
  private readonly opened = new Map<string, Promise<LanguageModel>>();

  constructor({ offered, fallback }: { offered: readonly ModelSetting[]; fallback: readonly string[] }) {
    super();
    const planner = new OfflinePlanner();
    this.settings = new Map(offered.map((setting) => [setting.id, setting]));
    this.fallback = fallback;
    this.offered = [
      ...offered.map(toOffered),
      {
        id: OFFLINE_MODEL,
        name: planner.name,
        provider: 'offline',
        contextTokens: planner.contextTokens,
        maxFunctions: Number.MAX_SAFE_INTEGER,
        maxTools: Number.MAX_SAFE_INTEGER,
        price: { input: 0, output: 0 },
      },
    ];
    this.opened.set(OFFLINE_MODEL, Promise.resolve(planner));
  }

  async open(id: string): Promise<LanguageModel> {
    const known = this.opened.get(id);
    if (known) return known;
    const setting = this.settings.get(id);
    if (!setting) throw new Error('No such model is offered.');
    const opening = load(setting);
    this.opened.set(id, opening);
    return opening;
  }
}

function toOffered({ id, provider, name, contextTokens, price }: ModelSetting): OfferedModel {
  const facts = factsOf(provider, name);
  const known = price ?? facts.price;
  return {
    id,
    name,
    provider,
    contextTokens: contextTokens ?? facts.contextTokens,
    maxFunctions: MOST_DECLARED,
    maxTools: MOST_DECLARED + MOST_LISTED,
    ...(known === undefined ? {} : { price: known }),
  };
}

async function load(setting: ModelSetting): Promise<LanguageModel> {
  const { provider, name: model, apiKey, baseUrl } = setting;
  const { contextTokens } = toOffered(setting);
  switch (provider) {
    case 'gemini': {
      const { GeminiLanguageModel } = await import('./gemini/gemini-language-model.js');
      return new GeminiLanguageModel({ apiKey: apiKey ?? 'none', baseUrl, model, contextTokens });
    }
    case 'openai': {
      const { OpenAiLanguageModel } = await import('./openai/openai-language-model.js');
      return new OpenAiLanguageModel({ apiKey, baseUrl, model, contextTokens });
    }
    case 'anthropic': {
      const { AnthropicLanguageModel } = await import('./anthropic/anthropic-language-model.js');
      return new AnthropicLanguageModel({ apiKey, baseUrl, model, contextTokens });
    }
    default:
      return provider satisfies never;
  }
}
