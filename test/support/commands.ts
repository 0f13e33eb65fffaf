import { readConfig } from '../../src/platform/config/config.js';
import { createLogger } from '../../src/platform/logging/logger.js';
import { COMMANDS } from '../../src/start/commands/commands.js';

/** What `npm run <name> -- <args>` prints, line by line. @throws what it would end with */
export async function runCommand(
  name: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<string[]> {
  const command = COMMANDS[name];
  if (!command) throw new Error(`There is no command ${name}.`);
  const config = readConfig({ LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent', ...settings });
  const lines: string[] = [];
  await command({ config, logger: createLogger(config.log), args, say: (line) => void lines.push(line) });
  return lines;
}
