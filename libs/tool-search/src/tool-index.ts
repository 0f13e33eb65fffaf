import { type SearchableTool, weighWords } from './weights.js';
import { splitWords, stem } from './words.js';

/** Some tools, found by their words. The places of one word lie together: from `starts[word]` to the next. */
export interface Segment {
  keys: readonly string[];
  /** The name of each, as it is compared. */
  names: readonly string[];
  /** All words, in their order. */
  words: readonly string[];
  starts: Uint32Array;
  places: Uint32Array;
  weights: Float32Array;
  bytes: number;
}

/** Made of parts, so that where one server changes only its part is made again. */
export interface ToolIndex {
  segments: readonly Segment[];
  size: number;
  /** About so much memory it takes. */
  bytes: number;
}

const BYTES_PER_STRING = 24;

export function buildIndex(tools: readonly SearchableTool[]): ToolIndex {
  const found = new Map<string, { places: number[]; weights: number[] }>();
  tools.forEach((tool, place) => {
    for (const [word, weight] of weighWords(tool)) {
      const list = found.get(word) ?? { places: [], weights: [] };
      if (list.places.length === 0) found.set(word, list);
      list.places.push(place);
      list.weights.push(weight);
    }
  });
  const words = [...found.keys()].sort(byCode);
  const lists = words.map((word) => found.get(word) ?? { places: [], weights: [] });
  const starts = new Uint32Array(words.length + 1);
  lists.forEach(({ places }, index) => (starts[index + 1] = (starts[index] ?? 0) + places.length));
  const keys = tools.map(({ key }) => key);
  const names = tools.map(({ name }) => comparable(name));
  const places = Uint32Array.from(lists.flatMap((list) => list.places));
  const weights = Float32Array.from(lists.flatMap((list) => list.weights));
  const numbers = starts.byteLength + places.byteLength + weights.byteLength;
  const bytes = [keys, names, words].reduce((sum, texts) => sum + sizeOf(texts), numbers);
  return { segments: [{ keys, names, words, starts, places, weights, bytes }], size: tools.length, bytes };
}

/** One index over the tools of several. */
export function joinIndexes(indexes: readonly ToolIndex[]): ToolIndex {
  return {
    segments: indexes.flatMap(({ segments }) => segments),
    size: indexes.reduce((sum, { size }) => sum + size, 0),
    bytes: indexes.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

export const comparable = (name: string): string => splitWords(name).map(stem).join(' ');

/** Not by a language's rules, which differ from machine to machine. */
export const byCode = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const sizeOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + BYTES_PER_STRING + text.length, 0);
