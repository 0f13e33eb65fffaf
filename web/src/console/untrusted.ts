import Anser from 'anser';

export interface Span {
  text: string;
  /** Class names of our own colours: `ansi-red bold`. */
  style: string;
}

const ESC = '\u001b';
const BEL = '\u0007';

/** Everything a terminal would act on but colours. */
const MOVEMENT = new RegExp(
  [
    // Cursor movement, erasing, modes: every control sequence that does not end in `m`.
    `${ESC}\\[[0-?]*[ -/]*[@-ln-~]`,
    // Titles, links, clipboard.
    `${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)`,
    `${ESC}[@-Z\\\\^_]`,
    // Single control characters but tab, line feed, carriage return and escape itself.
    '[\u0000-\u0008\u000b\u000c\u000e-\u001a\u007f]',
  ].join('|'),
  'g',
);

/** Text of a tool as pieces with our own colours; whatever else it asks of a terminal is left out. */
export function ansiSpans(text: string): Span[] {
  const clean = text.replace(MOVEMENT, '').replace(/\r(?!\n)/g, '\n');
  return Anser.ansiToJson(clean, { json: true, use_classes: true, remove_empty: true }).map((piece) => ({
    text: piece.content,
    style: [piece.fg, ...piece.decorations].filter(Boolean).join(' '),
  }));
}

/** The words alone, for one line in passing. */
export function plainText(text: string): string {
  return ansiSpans(text)
    .map((span) => span.text)
    .join('');
}

/** The first `count` lines, and how many follow. */
export function fold(text: string, count: number): { head: string; more: number } {
  const lines = text.split('\n');
  if (lines.length <= count + 1) return { head: text, more: 0 };
  return { head: lines.slice(0, count).join('\n'), more: lines.length - count };
}

/**
 * Cuts streamed Markdown where a block is surely closed (a blank line outside a code fence), so that each is
 * rendered once. The last piece is still being written.
 */
export function closedBlocks(text: string): { closed: string[]; open: string } {
  const closed: string[] = [];
  let current: string[] = [];
  let fence: string | undefined;
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  for (const line of lines) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark && fence === undefined) fence = mark;
    else if (mark && fence !== undefined && mark[0] === fence[0] && mark.length >= fence.length) fence = undefined;
    current.push(line);
    if (line.trim() === '' && fence === undefined) {
      if (current.some((one) => one.trim() !== '')) closed.push(current.join('\n'));
      current = [];
    }
  }
  return { closed, open: [...current, last].join('\n') };
}
