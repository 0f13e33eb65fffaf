import type { ModelTool } from '../../../core/agent/language-model.port.js';
import type { Clause, Found } from './text-values.js';
import { isRelated, isStopWord, stem, stemsOf } from './words.js';

const LEADING =
  /^(?:[\s,:;–-]+|(?:saying|says|say|that|which|with|text|message|the|a|an|about|for|of|to|in|at|on|by|from|reading|back|after me)\b)+/i;
/** After these the words are quoted as they are. */
const SAYING = /^\s*(?:saying|that says|which says|with the text|with text|to say|reading)\b[\s,:]*/i;
const QUESTION = /^\s*(?:what|who|where|when|how|is|are|can|could|do|does|which|will)\b/i;

/** What is left of the text after the words that name the tool and the values that others have taken. */
export function freeText(tool: ModelTool, clause: Clause, used: ReadonlySet<Found>): string | undefined {
  const from = endOfNaming(tool, clause.text);
  let rest = clause.text.slice(from);
  for (const found of [...used].sort((a, b) => b.start - a.start)) {
    if (found.start < from) continue;
    const before = rest.slice(0, found.start - from).replace(/\s*\b(?:to|at|for|from|with|in|on|by)\s*$/i, '');
    rest = `${before} ${rest.slice(found.end - from)}`;
  }
  const told = SAYING.exec(rest);
  rest = told ? rest.slice(told[0].length) : rest.replace(LEADING, '');
  if (QUESTION.test(clause.text)) rest = rest.replace(/[?\s]+$/, '');
  rest = rest
    .trim()
    .replace(/^["'“](.*)["'”]$/s, '$1')
    .replace(/(?<!\.)\.$/, '');
  return rest === '' || rest.split(/\s+/).every(isStopWord) ? undefined : rest;
}

/** Words with a capital after a preposition, as in “in New York”. */
export function properNoun({ text }: Clause): string | undefined {
  return /\b(?:in|at|for|from|to|near|of)\s+(?:the\s+)?((?:\p{Lu}[\p{L}'’.-]*)(?:\s+\p{Lu}[\p{L}'’.-]*)*)/u
    .exec(text)?.[1]
    ?.replace(/(?:['’]s|[.'’-])$/, '');
}

/** Where the last of the tool's name words ends, each taken where it stands first. */
function endOfNaming(tool: ModelTool, text: string): number {
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({
    stem: stem(match[0].toLowerCase()),
    end: match.index + match[0].length,
  }));
  const joined = text.toLowerCase().indexOf(tool.name.toLowerCase());
  if (joined >= 0) return joined + tool.name.length;
  const ends = stemsOf(tool.name).map((one) => {
    const exact = words.find((word) => word.stem === one);
    return (exact ?? words.find((word) => isRelated(word.stem, one)))?.end ?? 0;
  });
  return Math.max(0, ...ends);
}
