const MAX_WORD = 40;

/** Of writing without spaces each character is a word. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu;
const CAMEL_CASE = /(\p{Ll}|\p{N})(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu;
const MARKS = /\p{M}+/gu;

/** Words as they are compared: without case and diacritics; `listOpenIssues` and `list_open-issues` are three each. */
export function splitWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(MARKS, '').replace(CAMEL_CASE, '$1$2 ').toLowerCase();
  return (plain.match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD));
}

/** One and several are the same word. */
export function stem(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  return /(?:ss|x|z|ch|sh)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}
