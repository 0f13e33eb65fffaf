import type { Action } from '../api/identity-types.js';
import type { Command } from './command.js';

interface Place {
  id: string;
  title: string;
  to: string;
  /** After `g`. */
  letter?: string;
  slash: string;
  needs?: Action | undefined;
}

/** A command that leads to a page. */
export const goTo = ({ id, title, to, letter, slash, needs }: Place): Command => ({
  id,
  title,
  help: title,
  slash: [slash],
  ...(letter === undefined ? {} : { keys: { place: 'anywhere' as const, names: [`g ${letter}`] } }),
  ...(needs === undefined ? {} : { needs }),
  run: ({ go }) => {
    go(to);
    return undefined;
  },
});
