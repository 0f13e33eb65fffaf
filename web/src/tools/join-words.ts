import type { DefinitionChange } from '../api/tool-types.js';

type Word = NonNullable<DefinitionChange['words']>[number];

/** Runs of changed words as one that went and one that came: what only spaces part is not read word by word. */
export function joinWords(words: readonly Word[]): Word[] {
  const joined: Word[] = [];
  let [removed, added] = ['', ''];
  const flush = () => {
    if (removed !== '') joined.push({ op: 'removed', text: removed });
    if (added !== '') joined.push({ op: 'added', text: added });
    [removed, added] = ['', ''];
  };
  words.forEach((word, at) => {
    const between = word.op === 'same' && word.text.trim() === '';
    const next = words[at + 1];
    if (word.op === 'removed') removed += word.text;
    else if (word.op === 'added') added += word.text;
    else if (between && removed + added !== '' && next !== undefined && next.op !== 'same') {
      removed += word.text;
      added += word.text;
    } else {
      flush();
      joined.push(word);
    }
  });
  flush();
  return joined;
}
