import type { Command } from './command.js';
import { keysCommand } from './keys.command.js';

/** By the name that comes first on the command line; without one the product is started. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  keys: keysCommand,
};
