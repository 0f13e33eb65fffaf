/**
 * What a reader would not see, or would see in another order than a model reads it: controls, zero width, bidi,
 * variation selectors, tags, fillers, odd spaces. Line feeds and tabs are seen.
 */
const HIDDEN =
  /(?![\t\n])\p{Cc}|[\u00a0\u00ad\u061c\u115f\u1160\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufeff\uffa0\ufff0-\ufffb]|\u034f|[\u17b4\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{1bca0}-\u{1bca3}]|[\u{1d173}-\u{1d17a}]|[\u{e0000}-\u{e0fff}]/gu;

/** Text with hidden characters named: `⟦U+200B⟧`. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (one) => `⟦U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟧`);
}

export const hasHidden = (text: string): boolean => text.search(HIDDEN) !== -1;

/** JSON to read, with hidden characters named. */
export function visibleJson(value: unknown): string {
  return visible(JSON.stringify(value, null, 2) ?? 'null');
}
