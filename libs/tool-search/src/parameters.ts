const MAX_DEPTH = 5;
const MAX_PARAMETERS = 200;

interface Parameters {
  names: string[];
  descriptions: string[];
}

/** What a schema calls its parameters, and says of them; as far as it is worth looking. */
export function parametersOf(schema: unknown): Parameters {
  const found: Parameters = { names: [], descriptions: [] };
  collect(schema, 0, found);
  return found;
}

function collect(schema: unknown, depth: number, found: Parameters): void {
  if (!isObject(schema) || depth > MAX_DEPTH) return;
  if (depth > 0 && typeof schema.description === 'string') found.descriptions.push(schema.description);
  for (const [name, below] of entriesOf(schema.properties)) {
    if (found.names.length >= MAX_PARAMETERS) return;
    found.names.push(name);
    collect(below, depth + 1, found);
  }
  collect(schema.items, depth + 1, found);
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const choices = schema[key];
    if (Array.isArray(choices))
      for (const choice of choices.slice(0, MAX_PARAMETERS)) collect(choice, depth + 1, found);
  }
}

const entriesOf = (value: unknown): [string, unknown][] => (isObject(value) ? Object.entries(value) : []);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
