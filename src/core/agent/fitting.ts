import type { ModelMessage, ModelTool, NodeOutcome } from './language-model.port.js';

/** Nobody reads more than this of a conversation, however large the model: it is paid for with each reply. */
const MOST_HISTORY_TOKENS = 60_000;
/** Our own rules, and what a rough count may be wrong by. */
const RULES_TOKENS = 2_000;
const TOOLS_SHARE = 0.4;
const SHORT_OUTPUT = 300;

/** About four bytes are a token, in every tokenizer near enough. */
export const countTokens = (value: unknown): number => Math.ceil(Buffer.byteLength(JSON.stringify(value) ?? '') / 4);

export interface Fitted {
  history: ModelMessage[];
  tools: ModelTool[];
  /** What had to be left out, in sentences for the model and for people. */
  notes: string[];
}

interface Room {
  contextTokens: number;
  maxOutputTokens: number;
  maxFunctions: number;
  maxTools: number;
}

/** What a model can read of a conversation and of the tools: the most relevant tools, the newest of what was said. */
export function fit(history: readonly ModelMessage[], tools: readonly ModelTool[], room: Room): Fitted {
  const readable = Math.max(1_000, room.contextTokens - room.maxOutputTokens - RULES_TOKENS);
  const chosen = chooseTools(tools, history, { ...room, tokens: readable * TOOLS_SHARE });
  const left = readable - chosen.reduce((sum, tool, place) => sum + costOf(sizeOf(tool), place, room), 0);
  const { kept, shortened, dropped } = shorten(history, Math.min(left, MOST_HISTORY_TOKENS));
  const notes: string[] = [];
  if (chosen.length < tools.length) {
    notes.push(
      `Of the ${tools.length} tools only the ${chosen.length} that fit the conversation best are offered to the model; name a tool to have it among them.`,
    );
  }
  if (shortened > 0)
    notes.push(`${count(shortened, 'older output')} of tools ${are(shortened)} shortened to fit the model.`);
  if (dropped > 0) notes.push(`The oldest ${count(dropped, 'message')} ${are(dropped)} left out to fit the model.`);
  return { history: kept, tools: chosen, notes };
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
const are = (number: number) => (number === 1 ? 'is' : 'are');

function shorten(history: readonly ModelMessage[], budget: number) {
  let kept = [...history];
  let size = kept.reduce((sum, message) => sum + countTokens(message), 0);
  let shortened = 0;
  // Oldest first; the newest results are what is to be answered, so their turn comes last, if at all.
  for (let index = 0; index < kept.length - 1 && size > budget; index += 1) {
    const message = kept[index];
    if (message?.role !== 'results') continue;
    const brief: ModelMessage = { role: 'results', outcomes: message.outcomes.map(toBrief) };
    const saved = countTokens(message) - countTokens(brief);
    if (saved <= 0) continue;
    kept[index] = brief;
    size -= saved;
    shortened += message.outcomes.length;
  }
  let dropped = 0;
  while (size > budget) {
    const next = kept.findIndex((message, index) => index > 0 && message.role === 'user');
    if (next === -1) break;
    dropped += next;
    kept = kept.slice(next);
    size = kept.reduce((sum, message) => sum + countTokens(message), 0);
  }
  const last = kept.at(-1);
  if (size > budget && last?.role === 'results') {
    kept = [...kept.slice(0, -1), { role: 'results', outcomes: last.outcomes.map(toBrief) }];
    shortened += last.outcomes.length;
  }
  return { kept, shortened, dropped };
}

function toBrief({ structured: _structured, text, ...outcome }: NodeOutcome): NodeOutcome {
  return { ...outcome, text: text.length > SHORT_OUTPUT ? `${text.slice(0, SHORT_OUTPUT)} … (shortened)` : text };
}

/** Of a tool that is told in short: its name twice, a few words, the beginning of its parameters. */
const LISTED_TOKENS = 280;
const costOf = (size: number, place: number, { maxFunctions }: Pick<Room, 'maxFunctions'>): number =>
  place < maxFunctions ? size : Math.min(size, LISTED_TOKENS);

const MOST_DESCRIPTION = 4_000;
const MOST_RESULT_SCHEMA = 2_000;

/** As a declaration has it. */
function sizeOf({ name, title, description, inputSchema, outputSchema }: ModelTool): number {
  const result = outputSchema === undefined ? 0 : Math.min(JSON.stringify(outputSchema).length, MOST_RESULT_SCHEMA);
  const words = name.length * 2 + title.length + Math.min(description.length, MOST_DESCRIPTION);
  return countTokens(inputSchema) + Math.ceil((words + result) / 4) + 30;
}

const wordsOf = (text: string): string[] =>
  text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1)
    .map((word) => word.replace(/(?<=.{3})s$/, ''));

/**
 * All tools where they fit; else those that share the most telling words with what the user last said. A tool that the
 * conversation has used, or that is named whole, stays. Those that are to be declared whole come first.
 */
export function chooseTools(
  tools: readonly ModelTool[],
  history: readonly ModelMessage[],
  { tokens, ...most }: Pick<Room, 'maxFunctions' | 'maxTools'> & { tokens: number },
): ModelTool[] {
  const sizes = new Map(tools.map((tool) => [tool, sizeOf(tool)]));
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (tools.length <= most.maxFunctions && total <= tokens) return [...tools];

  const said = history.flatMap((message) => (message.role === 'user' ? [message.text] : [])).slice(-3);
  const score = scorer(tools, said.join('\n'), usedIn(history));
  const ranked = tools.map((tool, place) => ({ tool, place, score: score(tool) }));
  ranked.sort((one, other) => other.score - one.score || one.place - other.place);
  const chosen: typeof ranked = [];
  let left = tokens;
  for (const entry of ranked) {
    const size = costOf(sizes.get(entry.tool) ?? 0, chosen.length, most);
    if (chosen.length >= most.maxTools || size > left) continue;
    left -= size;
    chosen.push(entry);
  }
  const inOrder = (some: typeof chosen) => some.toSorted((one, other) => one.place - other.place);
  const whole = inOrder(chosen.slice(0, most.maxFunctions));
  return [...whole, ...inOrder(chosen.slice(most.maxFunctions))].map(({ tool }) => tool);
}

function usedIn(history: readonly ModelMessage[]): Set<string> {
  return new Set(history.flatMap((message) => (message.role === 'agent' ? message.nodes.map(({ tool }) => tool) : [])));
}

function scorer(tools: readonly ModelTool[], said: string, used: ReadonlySet<string>): (tool: ModelTool) => number {
  const wanted = new Set(wordsOf(said));
  const indexed = new Map(
    tools.map((tool) => [
      tool,
      { named: new Set(wordsOf(`${tool.name} ${tool.title}`)), described: new Set(wordsOf(tool.description)) },
    ]),
  );
  const rarity = new Map(
    [...wanted].map((word) => {
      const having = [...indexed.values()].filter(({ named, described }) => named.has(word) || described.has(word));
      return [word, Math.log(1 + tools.length / (1 + having.length))];
    }),
  );
  return (tool) => {
    const { named, described } = indexed.get(tool) ?? { named: new Set(), described: new Set() };
    let sum = used.has(tool.name) ? 1_000 : 0;
    if (said.includes(tool.name)) sum += 2_000;
    for (const [word, weight] of rarity) sum += named.has(word) ? 3 * weight : described.has(word) ? weight : 0;
    return sum;
  };
}
