import { parametersOf } from './parameters.js';
import { splitWords, stem } from './words.js';

export interface SearchableTool {
  /** By which it is found again; ties are in its order. */
  key: string;
  name: string;
  title: string;
  description: string;
  inputSchema: unknown;
  /** The name of the server that has it. */
  server: string;
}

interface Field {
  weight: number;
  /** How many words are usual: in a longer text each says less. */
  usual: number;
  text: (tool: SearchableTool) => readonly string[];
}

const MAX_CHARACTERS = 4_000;
const MAX_WORDS = 400;
/** How far the length of a text counts. */
const LENGTH_MATTERS = 0.6;

const FIELDS: readonly Field[] = [
  { weight: 6, usual: 3, text: ({ name }) => [name] },
  { weight: 3, usual: 3, text: ({ title, name }) => (title === name ? [] : [title]) },
  { weight: 2, usual: 2, text: ({ server }) => [server] },
  { weight: 1, usual: 20, text: ({ description }) => [description] },
  { weight: 0.8, usual: 6, text: ({ inputSchema }) => parametersOf(inputSchema).names },
  { weight: 0.4, usual: 40, text: ({ inputSchema }) => parametersOf(inputSchema).descriptions },
];

/** How much each word says of a tool. */
export function weighWords(tool: SearchableTool): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { weight, usual, text } of FIELDS) {
    const words = wordsOf(text(tool));
    const each = weight / (1 - LENGTH_MATTERS + LENGTH_MATTERS * (words.length / usual));
    for (const word of words) weights.set(word, (weights.get(word) ?? 0) + each);
  }
  return weights;
}

function wordsOf(texts: readonly string[]): string[] {
  const words: string[] = [];
  let left = MAX_CHARACTERS;
  for (const text of texts) {
    if (left <= 0 || words.length >= MAX_WORDS) break;
    words.push(
      ...splitWords(text.slice(0, left))
        .slice(0, MAX_WORDS - words.length)
        .map(stem),
    );
    left -= text.length;
  }
  return words;
}
