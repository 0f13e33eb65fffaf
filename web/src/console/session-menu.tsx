import { useCommandContext } from '../app/active.js';
import { commandById } from '../app/commands.js';
import { perform } from '../app/perform.js';
import { Menu } from '../ui/menu.js';

const ENTRIES = ['rename', 'export', 'export-json'];

/** What can be done with the whole session, for those who use a mouse. */
export function SessionMenu() {
  const context = useCommandContext();
  return (
    <Menu
      name="Session"
      label="session"
      entries={ENTRIES.flatMap((id) => {
        const command = commandById(id);
        return command ? [{ label: command.title, run: () => void perform(command, context) }] : [];
      })}
    />
  );
}
