export const MODEL_PROVIDERS = ['gemini', 'openai', 'anthropic'] as const;
export type ModelProvider = (typeof MODEL_PROVIDERS)[number];

/** A language model that this instance offers. */
export interface ModelSetting {
  /** By which sessions choose it. */
  id: string;
  provider: ModelProvider;
  /** At the provider. */
  name: string;
  baseUrl?: string;
  apiKey?: string;
  contextTokens?: number;
  /** Dollars per million tokens. */
  price?: { input: number; output: number };
}

/** The settings that models are read from, as they were parsed. */
export interface ModelValues {
  LLM_MODELS: string[];
  LLM_KEYS: string[];
  LLM_FALLBACK: string[];
  LLM_PROVIDER?: ModelProvider | 'offline' | undefined;
  LLM_MODEL?: string | undefined;
  GEMINI_API_KEY?: string | undefined;
  GEMINI_BASE_URL?: string | undefined;
  OPENAI_API_KEY?: string | undefined;
  OPENAI_BASE_URL?: string | undefined;
  ANTHROPIC_API_KEY?: string | undefined;
  ANTHROPIC_BASE_URL?: string | undefined;
}

export const OFFLINE = 'offline';

/** What a key alone gives, without a word about models. */
const PRESET_MODELS: Record<ModelProvider, string> = {
  gemini: 'gemini-2.5-flash',
  openai: 'gpt-5.4-mini',
  anthropic: 'claude-sonnet-5-5',
};

/** `provider[@base-url]:model[?options]`; the model's name may have colons of its own. */
const ENTRY = /^([a-z]+)(?:@(https?:\/\/(?:\[[^\]]+\]|[^/:?#\s@]+)(?::\d+)?(?:\/[^:?#\s]*)?))?:([^?\s]+)(?:\?(\S*))?$/;
const OPTIONS = ['id', 'context', 'in', 'out'];

interface Access {
  apiKey?: string;
  baseUrl?: string;
}

function accessOf(provider: ModelProvider, values: ModelValues): Access {
  const prefix = provider.toUpperCase() as Uppercase<ModelProvider>;
  const apiKey = values[`${prefix}_API_KEY`];
  const baseUrl = values[`${prefix}_BASE_URL`];
  return { ...(apiKey === undefined ? {} : { apiKey }), ...(baseUrl === undefined ? {} : { baseUrl }) };
}

/** A key goes to no other place than the one that it was set for. */
function accessAt(url: string, provider: ModelProvider, values: ModelValues): Access {
  const baseUrl = url.replace(/\/+$/, '');
  const own = accessOf(provider, values);
  const key = values.LLM_KEYS.map((entry) => entry.split('=')).find(([host]) => host === new URL(url).host);
  const apiKey = key?.slice(1).join('=') ?? (own.baseUrl === baseUrl ? own.apiKey : undefined);
  return { baseUrl, ...(apiKey === undefined ? {} : { apiKey }) };
}

function readNumber(options: URLSearchParams, name: string): number | undefined {
  const text = options.get(name);
  return text === null || text.trim() === '' ? undefined : Number(text);
}

/** @throws Error with what is wrong in the entry */
function readEntry(entry: string, values: ModelValues): ModelSetting {
  const [, provider = '', url, name = '', query = ''] = ENTRY.exec(entry) ?? [];
  const known = MODEL_PROVIDERS.find((one) => one === provider);
  if (!known) {
    throw new Error(
      `“${entry}” is not provider:model or provider@url:model, with one of ${MODEL_PROVIDERS.join(', ')}`,
    );
  }
  const options = new URLSearchParams(query);
  const odd = [...options.keys()].filter((key) => !OPTIONS.includes(key));
  if (odd.length > 0)
    throw new Error(`“${entry}” has unknown options (${odd.join(', ')}); known: ${OPTIONS.join(', ')}`);
  const [context, input, output] = ['context', 'in', 'out'].map((option) => readNumber(options, option));
  const isCount = context === undefined || (Number.isInteger(context) && context >= 2_000);
  const arePrices = (input === undefined) === (output === undefined) && !((input ?? 0) < 0 || (output ?? 0) < 0);
  if (!isCount || !arePrices || Number.isNaN((input ?? 0) + (output ?? 0))) {
    throw new Error(`“${entry}”: context is a number of tokens from 2000; in and out are dollars per million, both`);
  }
  return {
    id: options.get('id') ?? `${known}:${name}`,
    provider: known,
    name,
    ...(url === undefined ? accessOf(known, values) : accessAt(url, known, values)),
    ...(context === undefined ? {} : { contextTokens: context }),
    ...(input === undefined || output === undefined ? {} : { price: { input, output } }),
  };
}

const canBeUsed = ({ apiKey, baseUrl }: Access): boolean => apiKey !== undefined || baseUrl !== undefined;

/** Without LLM_MODELS: the one that LLM_PROVIDER and LLM_MODEL name, then one of each further key. */
function presetEntries(values: ModelValues): string[] {
  if (values.LLM_PROVIDER === OFFLINE) return [];
  const keyed = MODEL_PROVIDERS.filter((provider) => canBeUsed(accessOf(provider, values)));
  const first = values.LLM_PROVIDER ?? keyed[0];
  if (!first) return [];
  return [
    `${first}:${values.LLM_MODEL ?? PRESET_MODELS[first]}`,
    ...keyed.filter((provider) => provider !== first).map((provider) => `${provider}:${PRESET_MODELS[provider]}`),
  ];
}

/** The models in their order, the default first, and the ids that stand in when one does not answer. */
export function readModels(values: ModelValues): { offered: ModelSetting[]; fallback: string[]; problems: string[] } {
  const problems: string[] = [];
  const offered: ModelSetting[] = [];
  const named = values.LLM_MODELS.length > 0;
  for (const entry of named ? values.LLM_MODELS : presetEntries(values)) {
    if (entry === OFFLINE) continue;
    try {
      const model = readEntry(entry, values);
      const key = `${model.provider.toUpperCase()}_API_KEY`;
      if (!canBeUsed(model))
        problems.push(`${key}: needed by ${named ? `LLM_MODELS (${model.id})` : `LLM_PROVIDER=${model.provider}`}.`);
      else if (offered.some(({ id }) => id === model.id))
        problems.push(`LLM_MODELS: ${model.id} is there twice; give one of them ?id=`);
      else offered.push(model);
    } catch (error) {
      problems.push(`LLM_MODELS: ${(error as Error).message}.`);
    }
  }
  const known = [...offered.map(({ id }) => id), OFFLINE];
  for (const id of values.LLM_FALLBACK) {
    if (!known.includes(id)) problems.push(`LLM_FALLBACK: ${id} is not offered. Offered: ${known.join(', ')}.`);
  }
  return { offered, fallback: values.LLM_FALLBACK, problems };
}
