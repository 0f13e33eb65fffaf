import type { Config } from '../../platform/config/config.js';
import type { Logger } from '../../platform/logging/logger.js';

export interface CommandRun {
  config: Config;
  logger: Logger;
  args: readonly string[];
  say: (line: string) => void;
}

/** What `npm run <name> -- <arguments>` does. @throws AppError in words for the terminal */
export type Command = (run: CommandRun) => Promise<void>;
