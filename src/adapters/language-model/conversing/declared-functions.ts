import { type Dialect, RULES, shorten, showInvisible, toVisibleJson } from '@app/schema-compiler';
import { type ModelTool } from '../../../core/agent/language-model.port.js';
import { type FunctionNames, PROPOSE_PLAN } from './function-names.js';
import { MOST_DECLARED } from './tool-limits.js';
import { declareParameters } from './tool-schema.js';

const MAX_WORDS = 4_000;
const MAX_RESULT_SCHEMA = 2_000;
const LEAST_RESULT_SCHEMA = 100;
const MAX_SERVER_NAME = 200;
/** Line breaks, and what says that something was shortened. */
const ROOM_FOR_MARKS = 50;

/** A function as every vendor declares it, in other words. */
export interface DeclaredFunction {
  name: string;
  description: string;
  /** JSON Schema. */
  parameters: Record<string, unknown>;
}

/** What is certain stands whole; the server's own words, and then the schema of the result, get the room that is left. */
function describe(tool: ModelTool, dialect: Dialect): string {
  const limit = RULES[dialect].maxFunctionDescription - ROOM_FOR_MARKS;
  const nature = tool.readOnly ? 'Only reads.' : tool.destructive ? 'May destroy data.' : 'Has side effects.';
  const certain = `${nature}\nServer: ${shorten(showInvisible(tool.serverName), MAX_SERVER_NAME)}.`;
  const room = limit - certain.length;
  const words = shorten(showInvisible(`${tool.title || tool.name}. ${tool.description}`), Math.min(room, MAX_WORDS));
  const schema = tool.outputSchema && showInvisible(JSON.stringify(tool.outputSchema));
  const result = schema && `Its structuredContent follows this schema: ${schema}`;
  const left = Math.min(room - words.length, MAX_RESULT_SCHEMA);
  const shown = result && left >= LEAST_RESULT_SCHEMA ? shorten(result, left) : '';
  return [words, certain, shown].filter(Boolean).join('\n');
}

const LISTED_WORDS = 300;
const LISTED_PARAMETERS = 600;
/** Bytes of `propose_plan` beside the list, its choices among them. */
const PLAN_BYTES = 3_000;

/** What the model is told of tools that are no functions of their own: each by its whole name, and as much as there is room for. */
function listMore(more: readonly [string, ModelTool][], dialect: Dialect, taken: number): string {
  if (more.length === 0) return '';
  const limit = RULES[dialect].maxBytes - PLAN_BYTES - taken;
  const said = more.map(([name, tool]) => {
    const title = tool.title === '' || tool.title === tool.name ? '' : `${tool.title}. `;
    const words = shorten(showInvisible(`${title}${tool.description}`), LISTED_WORDS);
    const parameters = shorten(toVisibleJson(declareParameters(tool, dialect)), LISTED_PARAMETERS);
    return { name, words: `${words} Parameters: ${parameters}` };
  });
  for (let room = Math.floor(limit / more.length); ; room = Math.floor(room * 0.8)) {
    const lines = said.map(({ name, words }) => `- ${name}: ${shorten(words, Math.max(room - name.length, 0))}`);
    const text = `\nThese can be called in no other way:\n${lines.join('\n')}`;
    if (room === 0 || Buffer.byteLength(JSON.stringify(text)) <= limit) return text;
  }
}

/** Which tools there are, as a list of choices where the vendor takes one of this length. */
function chooseTool(entries: [string, ModelTool][], dialect: Dialect): Record<string, unknown> {
  const names = entries.map(([name]) => name);
  const { maxChoices, maxChoiceCharacters } = RULES[dialect];
  const isShort = names.length <= maxChoices && names.join('').length <= maxChoiceCharacters;
  const choices = isShort ? { enum: names } : {};
  const more = listMore(entries.slice(MOST_DECLARED), dialect, JSON.stringify(choices).length);
  const which = isShort
    ? 'Which tool to call.'
    : 'Which tool to call: the name of a function, or of a tool listed here.';
  return { type: 'string', ...choices, description: `${which}${more}` };
}

const proposePlan = (tool: Record<string, unknown>, maxNodes: number): DeclaredFunction => ({
  name: PROPOSE_PLAN,
  description:
    'Propose a graph of tool calls in which some calls need the results of others. ' +
    `At most ${maxNodes} nodes; nodes that do not depend on each other run side by side.`,
  parameters: {
    type: 'object',
    properties: {
      nodes: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          properties: {
            key: { type: 'string', description: 'A short name, unique in this plan: letters, digits, _ and -.' },
            title: { type: 'string', description: 'What this call does, for a person, in a few words.' },
            tool,
            arguments: {
              type: 'object',
              additionalProperties: true,
              description:
                "The tool's arguments, by its own parameters. Any value may be " +
                '{"$ref": "<key>#/structuredContent/<path>"} to take it from the result of another node.',
            },
            depends_on: {
              type: 'array',
              items: { type: 'string' },
              description: 'Keys of the nodes that must succeed first.',
            },
          },
          required: ['key', 'title', 'tool', 'arguments', 'depends_on'],
        },
      },
    },
    required: ['nodes'],
  },
});

/**
 * One function per tool and `propose_plan` for graphs; none where there are no tools. Of more tools than may be declared
 * the first are functions, the rest is for `propose_plan` only.
 */
export function declareFunctions(names: FunctionNames, maxNodes: number): DeclaredFunction[] {
  const entries = names.entries();
  if (entries.length === 0) return [];
  const direct = entries.slice(0, MOST_DECLARED);
  return [
    ...direct.map(([name, tool]) => ({
      name,
      description: describe(tool, names.dialect),
      parameters: declareParameters(tool, names.dialect),
    })),
    proposePlan(chooseTool(entries, names.dialect), maxNodes),
  ];
}
