import { factsOf } from '../../src/adapters/language-model/known-models.js';
import { readConfig } from '../../src/platform/config/config.js';

const models = (settings: Record<string, string>) => readConfig(settings).models;
const problemOf = (settings: Record<string, string>) => {
  try {
    models(settings);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('language models of the settings', () => {
  test('without any there are none but the planner', () => {
    expect(models({}).offered).toEqual([]);
  });

  test('a key alone offers a model of its provider, Gemini first', () => {
    const { offered } = models({ ANTHROPIC_API_KEY: 'a', GEMINI_API_KEY: 'g' });
    expect(offered).toEqual([
      { id: 'gemini:gemini-2.5-flash', provider: 'gemini', name: 'gemini-2.5-flash', apiKey: 'g' },
      { id: 'anthropic:claude-sonnet-5-5', provider: 'anthropic', name: 'claude-sonnet-5-5', apiKey: 'a' },
    ]);
  });

  test('LLM_PROVIDER and LLM_MODEL name the default, and offline is offline whatever keys there are', () => {
    const keys = { GEMINI_API_KEY: 'g', OPENAI_API_KEY: 'o' };
    const { offered } = models({ ...keys, LLM_PROVIDER: 'openai', LLM_MODEL: 'gpt-5.5' });
    expect(offered.map(({ id }) => id)).toEqual(['openai:gpt-5.5', 'gemini:gemini-2.5-flash']);
    expect(models({ ...keys, LLM_PROVIDER: 'offline' }).offered).toEqual([]);
  });

  test('LLM_MODELS lists them, with addresses, names that have colons, and facts', () => {
    const { offered, fallback } = models({
      LLM_MODELS:
        'gemini:gemini-2.5-pro, openai@http://localhost:11434/v1:qwen3:8b?context=40960, openai@https://router.example/api/v1:x/y?id=far&in=0.5&out=1.5',
      GEMINI_API_KEY: 'g',
      OPENAI_API_KEY: 'of another place',
      LLM_KEYS: 'router.example=sk=1',
      LLM_FALLBACK: 'far,offline',
    });
    expect(offered).toEqual([
      { id: 'gemini:gemini-2.5-pro', provider: 'gemini', name: 'gemini-2.5-pro', apiKey: 'g' },
      {
        id: 'openai:qwen3:8b',
        provider: 'openai',
        name: 'qwen3:8b',
        baseUrl: 'http://localhost:11434/v1',
        contextTokens: 40_960,
      },
      {
        id: 'far',
        provider: 'openai',
        name: 'x/y',
        baseUrl: 'https://router.example/api/v1',
        apiKey: 'sk=1',
        price: { input: 0.5, output: 1.5 },
      },
    ]);
    expect(fallback).toEqual(['far', 'offline']);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ LLM_PROVIDER: 'gemini' }, /GEMINI_API_KEY: needed by LLM_PROVIDER=gemini/],
    [{ LLM_MODELS: 'openai:gpt-5.5' }, /OPENAI_API_KEY: needed by LLM_MODELS \(openai:gpt-5.5\)/],
    [{ LLM_MODELS: 'gpt-5.5', OPENAI_API_KEY: 'o' }, /“gpt-5.5” is not provider:model/],
    [{ LLM_MODELS: 'openai:x?context=many', OPENAI_API_KEY: 'o' }, /context is a number of tokens/],
    [{ LLM_MODELS: 'openai:x?in=1', OPENAI_API_KEY: 'o' }, /dollars per million, both/],
    [{ LLM_MODELS: 'openai:x?price=1', OPENAI_API_KEY: 'o' }, /unknown options \(price\)/],
    [{ LLM_MODELS: 'openai:x,openai:x', OPENAI_API_KEY: 'o' }, /openai:x is there twice/],
    [{ LLM_FALLBACK: 'openai:x' }, /LLM_FALLBACK: openai:x is not offered/],
  ])('%j is refused by name', (settings, problem) => {
    expect(problemOf(settings)).toMatch(problem);
  });
});

describe('what is known of a model', () => {
  test('holds for its dated versions, not for its greater relatives', () => {
    expect(factsOf('openai', 'gpt-5-mini-2025-08-07').price).toEqual({ input: 0.25, output: 2 });
    expect(factsOf('anthropic', 'claude-haiku-4-5-20251001').contextTokens).toBe(200_000);
    expect(factsOf('gemini', 'gemini-3-flash-preview').price).toEqual({ input: 0.5, output: 3 });
    expect(factsOf('openai', 'gpt-5-pro').price).toBeUndefined();
    expect(factsOf('openai', 'qwen3:8b')).toEqual({ contextTokens: 32_768 });
  });
});
