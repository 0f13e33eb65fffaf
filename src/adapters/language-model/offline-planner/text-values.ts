/** Something in a text that may be the value of an argument. Positions are UTF-16 offsets. */
export interface Found {
  kind: 'pair' | 'json' | 'quoted' | 'url' | 'email' | 'date' | 'identifier' | 'period' | 'number';
  start: number;
  end: number;
  text: string;
  /** Of a `pair`. */
  key?: string;
  /** Of a number or a period: how many. */
  amount?: number;
  /** Of a period, in seconds. */
  unitSeconds?: number;
}

export interface Clause {
  text: string;
  found: Found[];
}

export const UNIT_SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  quarter: 7_776_000,
  year: 31_536_000,
};

const NUMBER_WORDS: Readonly<Record<string, number>> = {
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fourteen: 14,
  twenty: 20,
  thirty: 30,
};
const WORDS = Object.keys(NUMBER_WORDS).join('|');

/** More than this is no request in words; it bounds the work that a text can cause. */
const MOST_VALUES = 100;

/** Tried in this order; what one has taken is not there for the next. */
const PATTERNS: readonly {
  kind: Found['kind'];
  pattern: RegExp;
  read: (match: RegExpExecArray) => Partial<Found> | undefined;
}[] = [
  {
    kind: 'pair',
    pattern: /(?<![\w"'])([A-Za-z_][\w-]*)=("[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|(?:[^\s,;"']|,(?!\s|$|[\w-]+=))+)/g,
    read: ([, key, value]) => ({ key, text: value ?? '' }),
  },
  { kind: 'json', pattern: /\{[\s\S]*\}/g, read: ([text]) => ({ text }) },
  {
    kind: 'quoted',
    pattern: /"([^"]*)"|“([^”]*)”|`([^`]*)`|(?<![\p{L}\p{N}])'([^']+)'(?![\p{L}\p{N}])/gu,
    read: ([, ...parts]) => ({ text: parts.find((part) => part !== undefined) ?? '' }),
  },
  {
    kind: 'url',
    pattern: /\b(?:https?|data):[^\s"'<>)]+/g,
    read: ([text]) => ({ text: text.replace(/[.,;!?]$/, '') }),
  },
  { kind: 'email', pattern: /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g, read: ([text]) => ({ text }) },
  { kind: 'date', pattern: /\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?/g, read: ([text]) => ({ text }) },
  {
    kind: 'period',
    pattern: new RegExp(
      `\\b(?:(?:last|past|previous|this|current)\\s+)?(\\d+|${WORDS})[\\s-]*(second|minute|hour|day|week|month|quarter|year)s?\\b` +
        '|\\b(?:last|past|previous|this|current)\\s+(hour|day|week|month|quarter|year)\\b|\\b(today|yesterday)\\b',
      'gi',
    ),
    read: ([text, count, unit, single, day]) => ({
      text,
      amount: count === undefined ? 1 : (NUMBER_WORDS[count.toLowerCase()] ?? Number(count)),
      unitSeconds: UNIT_SECONDS[(day === undefined ? (unit ?? single ?? '') : 'day').toLowerCase()],
    }),
  },
  {
    kind: 'identifier',
    pattern: /(?<![\w-])[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*(?![\w-])/g,
    read: ([text]) => (/\d/.test(text) && /[A-Za-z_]/.test(text) ? { text } : undefined),
  },
  {
    kind: 'number',
    pattern: new RegExp(`(?<![\\w.])[-+]?(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?(?!\\w)|\\b(?:${WORDS})\\b`, 'gi'),
    read: ([text]) => ({ text, amount: NUMBER_WORDS[text.toLowerCase()] ?? Number(text.replaceAll(',', '')) }),
  },
];

/** Finds values in a text: quoted strings, `key=value`, addresses, dates, spans of time, numbers. In order of place. */
export function readClause(text: string): Clause {
  const found: Found[] = [];
  const isFree = (start: number, end: number) => !found.some((other) => start < other.end && end > other.start);
  for (const { kind, pattern, read } of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const value = read(match);
      const start = match.index;
      const end = start + match[0].length;
      if (found.length >= MOST_VALUES) break;
      if (value === undefined || !isFree(start, end)) continue;
      found.push({ kind, start, end, text: match[0], ...value });
    }
  }
  return { text, found: found.sort((a, b) => a.start - b.start) };
}
