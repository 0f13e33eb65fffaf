import type { Change } from './changes.js';
import { findHidden, findMixedWords, toVisible } from './visible.js';

/** What a text holds that no description of a tool needs. */
export interface Signal {
  kind: 'hidden_characters' | 'mixed_letters' | 'instruction' | 'tag' | 'link' | 'blob' | 'names_other_tool';
  message: string;
  /** Tells the same finding from another one. */
  what: string;
}

/** A sentence at most lies between the words of one pattern, so that each is linear in the text. */
const INSTRUCTIONS: readonly [RegExp, string][] = [
  [
    /\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,60}\b(?:previous|prior|above|earlier|all|any|other|system|instructions?|rules?|prompts?|polic(?:y|ies))\b/gi,
    'tells to ignore something',
  ],
  [
    /\b(?:do not|don't|never|without|must not)\b[^.\n]{0,40}\b(?:tell|telling|mention|inform|informing|reveal|disclose|show|ask|asking|notify|notifying|warn|confirm|confirmation)\b/gi,
    'tells to keep something from the user',
  ],
  [
    /\b(?:always|must|first|before|instead|also|whenever|immediately)\b[^.\n]{0,60}\b(?:call|invoke|run|execute|use|send|forward|attach|upload|include|append|read|pass)\b/gi,
    'tells what always to do',
  ],
  [
    /\b(?:send|forward|post|upload|copy|transmit|exfiltrate|leak|email|mail|bcc)\b[^.\n]{0,80}\b(?:to|into|at)\b[^.\n]{0,40}(?:https?:|@|\b(?:server|address|endpoint|webhook|attacker|stranger)\b)/gi,
    'tells to send something elsewhere',
  ],
  [
    /(?:\.ssh\b|\bid_rsa\b|\.env\b|\bprivate key\b|\bsystem prompt\b|\b(?:chat|conversation|message) history\b|\bprevious messages\b|\bmcp\.json\b|\.aws\b)/gi,
    'asks for what is none of its business',
  ],
  [
    /\b(?:you are now|act as|pretend|as an ai|new instructions?|real task|secretly|covertly)\b/gi,
    'speaks to the model',
  ],
];

const TAG =
  /<\/?\s*(?:[A-Z][A-Z_-]{2,30}|important|system|instructions?|secret|hidden|assistant|user|admin|tool_call)\b[^<>\n]{0,100}>|<!--/g;
const LINK = /\b(?:https?:\/\/|www\.)[^\s"'<>)\]]{0,199}[^\s"'<>)\].,;:!?]/gi;
const BLOB = /[A-Za-z0-9+/_-]{80,}={0,2}/g;
const MOST_OF_ONE = 20;

const ofAll = (text: string, pattern: RegExp): string[] => {
  const found = new Set<string>();
  for (const [match] of text.matchAll(pattern)) {
    if (found.size >= MOST_OF_ONE) break;
    found.add(match);
  }
  return [...found];
};

const quote = (text: string): string => {
  const shown = toVisible(text.replace(/\s+/g, ' '));
  return `“${shown.length > 120 ? `${shown.slice(0, 119)}…` : shown}”`;
};

/** What is suspicious in a text that a model reads. */
export function findSignals(text: string, otherTools: readonly string[] = []): Signal[] {
  const signals: Signal[] = [];
  const hidden = findHidden(text);
  if (hidden.length > 0) {
    const list = hidden.slice(0, MOST_OF_ONE).join(', ');
    signals.push({ kind: 'hidden_characters', what: list, message: `It has characters that nobody sees: ${list}.` });
  }
  for (const word of findMixedWords(text).slice(0, MOST_OF_ONE)) {
    signals.push({ kind: 'mixed_letters', what: word, message: `${quote(word)} mixes letters that look alike.` });
  }
  for (const [pattern, does] of INSTRUCTIONS) {
    for (const match of ofAll(text, pattern)) {
      signals.push({ kind: 'instruction', what: match, message: `It ${does}: ${quote(match)}.` });
    }
  }
  const found = [
    ['tag', TAG, 'It has a mark as prompts have'],
    ['link', LINK, 'It names an address'],
    ['blob', BLOB, 'It has text that is not for people'],
  ] as const;
  for (const [kind, pattern, says] of found) {
    for (const match of ofAll(text, pattern)) signals.push({ kind, what: match, message: `${says}: ${quote(match)}.` });
  }
  const words = new Set(text.match(/[\p{L}\p{N}_.-]+/gu)?.map((word) => word.replace(/\.+$/, '')));
  for (const name of otherTools.filter((tool) => isTelling(tool) && words.has(tool)).slice(0, MOST_OF_ONE)) {
    signals.push({ kind: 'names_other_tool', what: name, message: `It names another tool: ${quote(name)}.` });
  }
  return signals;
}

/** A name that is no ordinary word. */
const isTelling = (name: string): boolean => name.length >= 4 && /[_.\d-]|[a-z][A-Z]/.test(name);

/** Those that the text before did not have. */
export function newSignals(path: string, before: string, after: string, otherTools: readonly string[]): Change[] {
  const known = new Set(findSignals(before, otherTools).map(({ kind, what }) => `${kind} ${what}`));
  return findSignals(after, otherTools)
    .filter(({ kind, what }) => !known.has(`${kind} ${what}`))
    .map(({ kind, message }) => ({ kind, path, severity: 'risky', message }));
}
