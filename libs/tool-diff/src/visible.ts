/** Characters that a person does not see, or that change how others are shown; first and last of each range. */
const HIDDEN: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  // The block of tags, and more variation selectors.
  [0xe0000, 0xe0fff],
];

const isHidden = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return HIDDEN.some(([first, last]) => code >= first && code <= last);
};

/** All but these is checked one by one. */
const HARMLESS = /^[\t\n\r\x20-\x7e]*$/;

function replaceHidden(text: string, replace: (character: string) => string): string {
  if (HARMLESS.test(text)) return text;
  return [...text].map((character) => (isHidden(character) ? replace(character) : character)).join('');
}

/** Emoji are built with a joiner and with a selector: there they belong. */
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}#*0-9]\ufe0f?(?:\u200d|\ufe0f|\u20e3)+/gu;

const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

function withoutEmoji(text: string, replace: (character: string) => string): string {
  let shown = '';
  let at = 0;
  for (const { 0: emoji, index } of text.matchAll(EMOJI)) {
    shown += replaceHidden(text.slice(at, index), replace) + emoji;
    at = index + emoji.length;
  }
  return shown + replaceHidden(text.slice(at), replace);
}

/** The text with what is hidden in it made visible: ⟦U+200B⟧. */
export const toVisible = (text: string): string => withoutEmoji(text, (character) => `⟦${nameOf(character)}⟧`);

/** The code points that are hidden in the text, each once, as U+200B. */
export function findHidden(text: string): string[] {
  const found = new Set<string>();
  withoutEmoji(text, (character) => {
    found.add(nameOf(character));
    return '';
  });
  return [...found].sort();
}

const WORD = /[\p{L}\p{M}\p{N}_]{2,200}/gu;
const FOREIGN = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

/** Words whose letters look Latin, but not all are. */
export const findMixedWords = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(WORD)].map(([word]) => word).filter((word) => /[a-z]/i.test(word) && FOREIGN.test(word)),
  ),
];
