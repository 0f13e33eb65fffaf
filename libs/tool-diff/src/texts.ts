import type { Change } from './changes.js';
import { newSignals } from './prose.js';
import { toVisible } from './visible.js';
import { diffWords } from './words.js';

const MOST_SHOWN = 4_000;

export const shorten = (text: string): string => {
  const shown = toVisible(text.slice(0, MOST_SHOWN));
  return text.length > MOST_SHOWN ? `${shown}…` : shown;
};

/** For people: the value as JSON, cut. */
export const showValue = (value: unknown): string => shorten(JSON.stringify(value) ?? 'nothing').slice(0, 300);

const sayOf = (text: unknown): string => {
  if (typeof text === 'string') return text;
  return text === undefined ? '' : JSON.stringify(text);
};

/** Something that people and models read. */
export function diffText(
  path: string,
  what: string,
  before: unknown,
  after: unknown,
  otherTools: readonly string[],
): Change[] {
  const [old, fresh] = [sayOf(before), sayOf(after)];
  if (old === fresh) return [];
  const onlySpace = old.replace(/\s+/g, ' ').trim() === fresh.replace(/\s+/g, ' ').trim();
  const changed: Change = {
    kind: `${what}_changed`,
    path,
    severity: onlySpace || what === 'title' ? 'cosmetic' : 'notable',
    message: `The ${what.replaceAll('_', ' ')} ${verb(old, fresh)}.`,
    before: shorten(old),
    after: shorten(fresh),
    words: diffWords(old.slice(0, MOST_SHOWN), fresh.slice(0, MOST_SHOWN)),
  };
  return [changed, ...newSignals(path, old, fresh, otherTools)];
}

const verb = (before: string, after: string): string => {
  if (before === '') return 'was added';
  return after === '' ? 'is gone' : 'changed';
};
