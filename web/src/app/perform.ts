import type { Command, CommandContext } from './command.js';
import { useUi } from './ui-state.js';

/** Runs a command that was not typed: what it says back is shown at the composer, or atop a page that has none. */
export async function perform(command: Command, context: CommandContext, argument = ''): Promise<void> {
  const reply = await Promise.resolve()
    .then(() => command.run(context, argument))
    .catch((error: unknown) => ({ error: error instanceof Error ? error.message : 'This failed.' }));
  if (!reply) return;
  useUi.setState({
    said: 'error' in reply ? { text: reply.error, error: true } : { text: reply.notice, error: false },
  });
}
