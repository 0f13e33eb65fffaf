/** Instead of hundreds of definitions: one tool that finds them, and one that calls what was found. */
export const SEARCH_NAME = 'search_tools';
export const CALL_NAME = 'call_tool';

export const MOST_SHOWN = 20;
const FEW_SHOWN = 5;

export const SEARCH_TOOLS = [
  {
    name: SEARCH_NAME,
    title: 'Search tools',
    description:
      'Finds tools by words about what they do. Answers their names, descriptions and input schemas, the best first; call what was found with call_tool.',
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', minLength: 1, maxLength: 500, description: 'Words about what is to be done.' },
        limit: { type: 'integer', minimum: 1, maximum: MOST_SHOWN, default: FEW_SHOWN },
      },
      required: ['query'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: CALL_NAME,
    title: 'Call a tool',
    description: 'Calls a tool that search_tools found, with arguments that fit its input schema.',
    inputSchema: {
      type: 'object',
      properties: {
        name: { type: 'string', description: 'As search_tools says it.' },
        arguments: { type: 'object', description: 'What its input schema asks for.' },
      },
      required: ['name'],
      additionalProperties: false,
    },
  },
] as const;

/** What somebody searches for; undefined for what is no search. */
export function readSearch({
  query,
  limit = FEW_SHOWN,
}: Record<string, unknown>): { query: string; limit: number } | undefined {
  if (typeof query !== 'string' || query.trim() === '' || query.length > 500) return undefined;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) return undefined;
  return { query, limit: Math.min(limit, MOST_SHOWN) };
}
