import { Best, type Found } from './best.js';
import { comparable, type Segment, type ToolIndex } from './tool-index.js';
import { splitWords, stem } from './words.js';

export interface SearchOptions {
  limit: number;
  /** Those that may be found; all, if absent. */
  accepts?: ((key: string, part: number) => boolean) | undefined;
}

interface Term {
  word: string;
  /** What may go on with any letters: the last word, which is still being typed. */
  prefix: string | undefined;
}

const MAX_QUERY = 400;
const MAX_TERMS = 16;
const MAX_LIMIT = 1_000;
/** Of one part, so that a letter does not stand for half of all words. */
const MAX_EXPANSIONS = 200;
const MIN_PREFIX = 2;
/** What only begins so says less than the word itself. */
const PREFIX_COUNTS = 0.6;
/** Beyond this much a word said again adds little. */
const SATURATION = 2;
const SAME_NAME = 4;

/** The best first; of equals the smaller name, then the smaller key. */
export function search(index: ToolIndex, query: string, { limit, accepts }: SearchOptions): Found[] {
  const terms = toTerms(query);
  const best = new Best(Math.max(0, Math.min(limit, MAX_LIMIT)));
  if (terms.length === 0 || best.room === 0) return [];
  const said = index.segments.map((segment) => terms.map((term) => weigh(segment, term)));
  const worth = terms.map((_, place) => rarity(said, place, index.size));
  const name = comparable(query.slice(0, MAX_QUERY));
  index.segments.forEach((segment, part) => {
    const { scores, matched } = addUp(segment, said[part] ?? [], worth);
    for (let place = 0; place < segment.keys.length; place += 1) {
      const words = matched[place] ?? 0;
      if (words === 0) continue;
      const isNamed = segment.names[place] === name;
      const score = (scores[place] ?? 0) * ((1 + words / terms.length) / 2) + (isNamed ? SAME_NAME : 0);
      const key = segment.keys[place] ?? '';
      if (best.admits(score) && (!accepts || accepts(key, part))) {
        best.add({ key, score, part, name: segment.names[place] ?? '' });
      }
    }
  });
  return best.list();
}

function toTerms(query: string): Term[] {
  const words = splitWords(query.slice(0, MAX_QUERY)).slice(0, MAX_TERMS);
  const last = words.at(-1);
  const terms = [...new Set(words.slice(0, -1).map(stem))].map((word): Term => ({ word, prefix: undefined }));
  if (last === undefined) return terms;
  const prefix = last.length >= MIN_PREFIX ? last : undefined;
  return [...terms.filter(({ word }) => word !== stem(last)), { word: stem(last), prefix }];
}

/** What each tool of a segment says of a term: of several words that begin with it, the most. */
function weigh(segment: Segment, { word, prefix }: Term): Map<number, number> {
  const weights = new Map<number, number>();
  const take = (at: number, factor: number) => {
    for (let entry = segment.starts[at] ?? 0; entry < (segment.starts[at + 1] ?? 0); entry += 1) {
      const place = segment.places[entry] ?? 0;
      weights.set(place, Math.max(weights.get(place) ?? 0, (segment.weights[entry] ?? 0) * factor));
    }
  };
  const exact = firstAtLeast(segment.words, word);
  if (segment.words[exact] === word) take(exact, 1);
  if (prefix === undefined) return weights;
  const from = firstAtLeast(segment.words, prefix);
  for (let at = from; at < from + MAX_EXPANSIONS && segment.words[at]?.startsWith(prefix); at += 1) {
    if (segment.words[at] !== word) take(at, PREFIX_COUNTS);
  }
  return weights;
}

/** A word that few tools have tells more. */
function rarity(said: readonly ReadonlyMap<number, number>[][], place: number, size: number): number {
  const having = said.reduce((sum, terms) => sum + (terms[place]?.size ?? 0), 0);
  return Math.log(1 + (size - having + 0.5) / (having + 0.5));
}

function addUp(segment: Segment, said: readonly ReadonlyMap<number, number>[], worth: readonly number[]) {
  const scores = new Float64Array(segment.keys.length);
  const matched = new Uint8Array(segment.keys.length);
  said.forEach((weights, term) => {
    for (const [place, weight] of weights) {
      scores[place] = (scores[place] ?? 0) + ((worth[term] ?? 0) * weight) / (weight + SATURATION);
      matched[place] = (matched[place] ?? 0) + 1;
    }
  });
  return { scores, matched };
}

function firstAtLeast(words: readonly string[], word: string): number {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle] ?? '') < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
