/** Terminal colours, control and format characters, among them those that turn the direction of writing around. */
const INVISIBLE = /\p{Cc}\[[0-9;?]*[ -/]*[@-~]|(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** What can begin emphasis, code, a link, an image, HTML, an entity, a cell, a strike-through or a formula. */
const ACTIVE = /[\\`*_[\]<>&|~$]/g;
/**
 * What GitHub makes links and mentions of. Some readers look for them after they have taken the escapes away, so only a
 * character in between helps: the word joiner, which nobody sees.
 */
const ADDRESS = /(https?|ftp|mailto|xmpp|www)(?=[:.])|@/gi;
const JOINER = '\u2060';
/** Headings, lists, quotes, rules. */
const LINE_START = /^([-+=#>]|\d{1,9}(?=[.)]))/;

/** One line of somebody's text as inert Markdown (CommonMark 0.31, GFM): it reads the same and does nothing. */
export function inertLine(text: string): string {
  return inert(text.replace(/\s*[\r\n]+\s*/g, ' ').trim());
}

/** Several lines, each kept. */
export function inertText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => inert(line.trimEnd()))
    .join('  \n');
}

/** At most so many characters of the text, before any of it is escaped. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

function inert(line: string): string {
  const clean = line.replace(INVISIBLE, '');
  const indent = /^[ \t]*/.exec(clean)?.[0] ?? '';
  const rest = clean
    .slice(indent.length)
    .replace(ACTIVE, '\\$&')
    .replace(ADDRESS, (start) => start + JOINER)
    .replace(LINE_START, (start) => (/\d/.test(start) ? start : `\\${start}`))
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
  // Four spaces would make it code, where escapes are shown.
  return indent.replace(/\t/g, '    ').replace(/ /g, '\u00a0') + rest;
}
