/** Text of a tool made harmless to print: one line, no control or direction characters, no link or image syntax. */
export function printable(text: string, most = 200): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\]\(/g, '] (')
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= most) return line;
  return `${line.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

export const firstSentence = (text: string): string =>
  /^[\s\S]*?[.!?](?=\s|$)/.exec(text.slice(0, 2000))?.[0] ?? text.slice(0, 300);

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[], and = 'and'): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} ${and} ${parts[parts.length - 1] ?? ''}`;
}

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Cuts a text into a few pieces between words; their sum is the text. */
export function pieces(text: string, most = 8): string[] {
  const words = text.match(/\S*\s*/g)?.filter((word) => word !== '') ?? [];
  const size = Math.max(1, Math.ceil(words.length / most));
  return Array.from({ length: Math.ceil(words.length / size) }, (_, index) =>
    words.slice(index * size, (index + 1) * size).join(''),
  );
}
