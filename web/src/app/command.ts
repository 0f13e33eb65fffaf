import type { Action } from '../api/identity-types.js';
import type { LiveSession } from '../session/live.js';

export const KEY_PLACES = ['anywhere', 'composer', 'transcript', 'plan', 'logs', 'files', 'approvals'] as const;
export type KeyPlace = (typeof KEY_PLACES)[number];

export interface CommandContext {
  /** The open session; undefined outside the console. */
  live: LiveSession | undefined;
  go: (to: string) => void;
  signOut: () => void;
}

export interface Option {
  value: string;
  help: string;
}

/** What a command says back: an error keeps the text in the composer. */
export type Reply = { error: string } | { notice: string } | undefined;

/** One thing that can be done; slash commands, palette, key handling and help are all made from the list of these. */
export interface Command {
  id: string;
  title: string;
  help: string;
  /** Without the slash; the first is the name, the rest are aliases. */
  slash?: string[];
  /** As shown after the name: `<node|all> [reason]`. */
  args?: string;
  complete?: (context: CommandContext) => Option[];
  keys?: { place: KeyPlace; names: string[] };
  /** Needs an open session. */
  inSession?: boolean;
  /** Left out for who may not. */
  needs?: Action;
  /** Left out of the palette: it makes no sense without what is in focus, or without an argument. */
  hidden?: boolean;
  run: (context: CommandContext, argument: string) => Reply | Promise<Reply>;
}
