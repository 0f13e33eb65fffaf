import { useCommandContext } from '../app/active.js';
import { commandById, isOffered } from '../app/commands.js';
import { perform } from '../app/perform.js';
import { Menu } from '../ui/menu.js';

const ENTRIES = [
  { id: 'rename', label: 'Rename' },
  { id: 'fork', label: 'Fork' },
  { id: 'export', label: 'Export as Markdown' },
  { id: 'export-json', label: 'Export as JSON' },
];

/** What can be done with the whole session, for those who use a mouse. */
export function SessionMenu() {
  const context = useCommandContext();
  return (
    <Menu
      name="Session"
      label={
        <>
          <span className="wide-only">session</span>
          <span className="narrow-only">⋯</span>
        </>
      }
      entries={ENTRIES.flatMap(({ id, label }) => {
        const command = commandById(id);
        return command && isOffered(command, true) ? [{ label, run: () => void perform(command, context) }] : [];
      })}
    />
  );
}
