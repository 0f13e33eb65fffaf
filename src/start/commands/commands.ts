import { backupCommand } from './backup.command.js';
import type { Command } from './command.js';
import { keysCommand } from './keys.command.js';
import { restoreCommand } from './restore.command.js';

/** By the name that comes first on the command line; without one the product is started. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  backup: backupCommand,
  keys: keysCommand,
  restore: restoreCommand,
};
