import type { Presentation } from '../api/toolset-types.js';

export const PRESENTATIONS = ['definitions', 'search'] as const satisfies Presentation[];

export const PRESENTATION_WORDS: Readonly<Record<Presentation, string>> = {
  definitions: 'the definitions of all tools',
  search: 'two tools: one that finds tools, one that calls them',
};

export const ALL_TOOLS = '*';

/** What a name may become in an address. */
export const toHandle = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '');

/** About what the two tools for finding and calling take of a model. */
export const SEARCH_TOKENS = 230;
