import type { SearchableTool } from '../src/index.js';

export const tool = (name: string, fields: Partial<SearchableTool> = {}): SearchableTool => ({
  key: name,
  name,
  title: name,
  description: '',
  inputSchema: { type: 'object' },
  server: '',
  ...fields,
});

const VERBS = ['list', 'get', 'create', 'update', 'delete', 'search', 'move', 'share', 'export', 'merge'];
const NOUNS = ['issue', 'file', 'message', 'invoice', 'calendar', 'deployment', 'customer', 'branch', 'ticket', 'page'];
const PLACES = ['github', 'drive', 'slack', 'stripe', 'jira', 'notion', 'linear', 'salesforce', 'gitlab', 'asana'];

/** As those of many servers are. */
export const manyTools = (count: number): SearchableTool[] =>
  Array.from({ length: count }, (_, place) => {
    const [verb, noun, where] = [
      VERBS[place % 10],
      NOUNS[Math.floor(place / 10) % 10],
      PLACES[Math.floor(place / 100) % 10],
    ];
    const name = `${verb}_${noun}_${place}`;
    return tool(name, {
      title: `${verb} a ${noun}`,
      description: `Use this to ${verb} one or more ${noun}s of a project in ${where}. It answers with the ${noun} number ${place}, its owner and when it last changed, and fails where the token may not see it.`,
      inputSchema: {
        type: 'object',
        properties: {
          [`${noun}_id`]: { type: 'string', description: `Which ${noun}; see the list of ${noun}s.` },
          project: { type: 'string', description: 'Where to look.' },
          limit: { type: 'integer', description: 'At most so many.' },
        },
      },
      server: `${where} ${Math.floor(place / 50)}`,
    });
  });
