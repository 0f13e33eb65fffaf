export type Line = { kind: 'chat'; text: string } | { kind: 'command'; name: string; argument: string };

/** What a line means: `/name argument` is a command, `//` stands for a slash, all else is said to the agent. */
export function parseLine(text: string): Line {
  const trimmed = text.trim();
  if (trimmed.startsWith('//')) return { kind: 'chat', text: trimmed.slice(1) };
  const command = /^\/([a-z-]*)(?:\s+([\s\S]*))?$/i.exec(trimmed);
  if (!command) return { kind: 'chat', text: trimmed };
  return { kind: 'command', name: (command[1] ?? '').toLowerCase(), argument: command[2] ?? '' };
}

/** The word that is being completed, and where it starts. */
export type Completing =
  | { kind: 'command'; word: string; from: number }
  | { kind: 'argument'; name: string; word: string; from: number }
  | { kind: 'mention'; word: string; from: number };

/** What the caret stands in; undefined where nothing is completed. */
export function completingAt(text: string, caret: number): Completing | undefined {
  const before = text.slice(0, caret);
  const command = /^\/([a-z-]*)$/i.exec(before);
  if (command) return { kind: 'command', word: command[1] ?? '', from: 1 };
  const argument = /^\/([a-z-]+)\s+(\S*)$/i.exec(before);
  if (argument) {
    const word = argument[2] ?? '';
    return { kind: 'argument', name: (argument[1] ?? '').toLowerCase(), word, from: caret - word.length };
  }
  const mention = /(?:^|\s)@([\w.-]*)$/.exec(before);
  if (mention) {
    const word = mention[1] ?? '';
    return { kind: 'mention', word, from: caret - word.length - 1 };
  }
  return undefined;
}

export function isFirstLine(text: string, caret: number): boolean {
  return !text.slice(0, caret).includes('\n');
}

export function isLastLine(text: string, caret: number): boolean {
  return !text.slice(caret).includes('\n');
}
