import type { ModelTool } from '../../../core/agent/language-model.port.js';
import { firstSentence } from './speech.js';
import { readSchema } from './schema.js';
import {
  asksForChange,
  contentStems,
  isGenericVerb,
  isReadingVerb,
  isRelated,
  isStopWord,
  isWritingVerb,
  stem,
  stemsOf,
  wordsOf,
} from './words.js';

const NAME = 3;
const TITLE = 2;
const DESCRIPTION = 1;
const PARAMETER = 0.7;
/** A related word counts less than the word itself. */
const RELATED = 0.6;
/** One word that begins like another (`elicit`, `elicitation`), from this many letters on. */
const ALIKE = 0.8;
const ALIKE_LETTERS = 6;
const BEGINS_WITH_NAME = 20;
/** How many words a tool need not know for each that it does. */
const UNKNOWN_PER_KNOWN = 1.5;

export interface Match {
  tool: ModelTool;
  score: number;
  /** Good enough to act on; otherwise only near. */
  confident: boolean;
}

/** By its annotation, or, where a server gives none, by its name. Whether it may run unasked is not decided here. */
export function reads(tool: ModelTool): boolean {
  return tool.readOnly || isReadingVerb(stemsOf(tool.name)[0] ?? '');
}

interface Entry {
  tool: ModelTool;
  nameStems: string[];
  titleStems: string[];
  weights: Map<string, number>;
  /** It has a required text, so that words of the message which are not its own may be what it is to be given. */
  takesWords: boolean;
}

/** The words of all tools, weighted by how rare they are (idf) and where they stand. */
export class ToolIndex {
  private readonly entries: Entry[];
  private readonly frequency = new Map<string, number>();

  constructor(tools: readonly ModelTool[]) {
    this.entries = tools.map(entryOf);
    for (const { weights } of this.entries) {
      for (const stem of weights.keys()) this.frequency.set(stem, (this.frequency.get(stem) ?? 0) + 1);
    }
  }

  /** All tools that have a word in common with `text`, best first; ties go to what only reads, then to the order given. */
  rank(text: string): Match[] {
    const asked = contentStems(withoutAddresses(text));
    const spoken = stemsOf(text);
    return this.entries
      .map((entry) => this.match(entry, asked, spoken))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || Number(reads(b.tool)) - Number(reads(a.tool)));
  }

  /** Whether a tool has a required text, which may then be any words. */
  takesWords(tool: ModelTool): boolean {
    return this.entries.some((entry) => entry.tool === tool && entry.takesWords);
  }

  private match(entry: Entry, asked: string[], spoken: string[]): Match {
    const { tool, nameStems, weights } = entry;
    let score = 0;
    let unexplained = 0;
    const named = new Set<string>();
    for (const stem of asked) {
      const [matched, weight] = bestWord(stem, weights);
      if (matched === undefined) {
        unexplained += /^\d+$/.test(stem) ? 0 : 1;
        continue;
      }
      score += weight * Math.log(1 + this.entries.length / (this.frequency.get(matched) ?? 1));
      if (weight >= TITLE * RELATED) named.add(matched);
    }
    const nouns = nameStems.filter((stem) => !isGenericVerb(stem));
    const called = nouns.length === 0 ? nameStems : nouns;
    const covered = called.filter((stem) => named.has(stem)).length / Math.max(1, called.length);
    score *= 1 + 0.5 * covered;
    const begins = beginsWith(spoken, nameStems) || beginsWith(spoken, entry.titleStems);
    if (begins) score += BEGINS_WITH_NAME;
    const verb = [nameStems[0], nameStems.at(-1)].find((one) => one !== undefined && isWritingVerb(one));
    const acts = begins || verb === undefined || named.has(verb);
    const mayAct = reads(tool) || acts || (!tool.destructive && covered === 1);
    if (!acts && !reads(tool)) score *= mayAct ? 0.8 : 0.1;
    const contradicts =
      !begins && asked.slice(0, 1).some((first) => asksForChange(first) && bestWord(first, weights)[1] === 0);
    const meant =
      covered >= 0.5 ||
      (named.size >= 2 && [...named].some((one) => !isGenericVerb(one))) ||
      (unexplained === 0 && called.slice(0, 1).some((first) => named.has(first)));
    const understood = entry.takesWords || unexplained <= UNKNOWN_PER_KNOWN * (asked.length - unexplained);
    return { tool, score, confident: mayAct && !contradicts && (begins || (meant && understood)) };
  }
}

function entryOf(tool: ModelTool): Entry {
  const weights = new Map<string, number>();
  const add = (stems: string[], weight: number) => {
    for (const stem of stems) weights.set(stem, Math.max(weight, weights.get(stem) ?? 0));
  };
  const nameStems = meaningful(tool.name);
  const titleStems = meaningful(tool.title);
  add(nameStems, NAME);
  add(titleStems, TITLE);
  add(contentStems(firstSentence(tool.description)), DESCRIPTION);
  const { properties, required } = readSchema(tool.inputSchema, tool.inputSchema);
  for (const name of properties.keys()) add(contentStems(name), PARAMETER);
  const takesWords = [...required].some((name) => {
    const schema = readSchema(properties.get(name), tool.inputSchema);
    return schema.type === 'string' && !schema.enum;
  });
  return { tool, nameStems, titleStems, weights, takesWords };
}

function bestWord(asked: string, weights: Map<string, number>): [string | undefined, number] {
  let best: [string | undefined, number] = [undefined, 0];
  for (const [stem, weight] of weights) {
    const worth = weight * likeness(stem, asked);
    if (worth > best[1]) best = [stem, worth];
  }
  return best;
}

function likeness(a: string, b: string): number {
  if (a === b) return 1;
  const isBeginning = Math.min(a.length, b.length) >= ALIKE_LETTERS && (a.startsWith(b) || b.startsWith(a));
  return isBeginning ? ALIKE : isRelated(a, b) ? RELATED : 0;
}

/** All the words of a name but the empty ones; these too where there are no others. */
function meaningful(name: string): string[] {
  const words = wordsOf(name);
  const kept = words.filter((word) => !isStopWord(word));
  return (kept.length > 0 ? kept : words).map(stem);
}

const withoutAddresses = (text: string): string => text.replace(/\b(?:https?|data):\S+|\S+@\S+/g, ' ');

const SKIPPED = new Set(
  ['a', 'an', 'the', 'my', 'please', 'me', 'some', 'run', 'call', 'use', 'tool', 'can', 'you'].map(
    (word) => stemsOf(word)[0],
  ),
);

/** Whether the text opens with these words, articles and courtesies aside. */
function beginsWith(spoken: string[], words: string[]): boolean {
  if (words.length === 0) return false;
  let at = 0;
  for (const stem of spoken) {
    if (stem === words[at]) at += 1;
    else if (!SKIPPED.has(stem)) return false;
    if (at === words.length) return true;
  }
  return false;
}
