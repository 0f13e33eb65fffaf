import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { organizationsQuery } from '../api/identity-queries.js';
import { serversQuery, sessionsQuery } from '../api/queries.js';
import { useWaiting } from '../approvals/use-counts.js';
import { Dialog } from '../ui/dialog.js';
import { useCommandContext } from './active.js';
import { commandById, COMMANDS, isOffered } from './commands.js';
import { fuzzy } from './fuzzy.js';
import { keyLabel } from './keys.js';
import { perform } from './perform.js';
import { closeOverlay, useUi } from './ui-state.js';

interface Entry {
  id: string;
  group: 'command' | 'session' | 'server' | 'org';
  title: string;
  help: string;
  key: string;
  run: () => void;
}

const SHOWN = 12;
const switching = commandById('organization');

/** Commands, sessions, servers and organizations, found by a few letters. */
export function Palette() {
  const overlay = useUi((state) => state.overlay);
  const [query, setQuery] = useState(overlay.kind === 'palette' ? overlay.query : '');
  const [at, setAt] = useState(0);
  const context = useCommandContext();
  const servers = useInfiniteQuery(serversQuery).data;
  const sessions = useInfiniteQuery(sessionsQuery()).data;
  const organizations = useQuery(organizationsQuery).data;
  const waiting = useWaiting();

  const entries = useMemo((): Entry[] => {
    const commands = COMMANDS.filter((one) => !one.hidden && isOffered(one, context.live !== undefined)).map(
      (one): Entry => ({
        id: one.id,
        group: 'command',
        title: one.title,
        help: `${one.slash ? `/${one.slash[0] ?? ''}` : ''}${one.id === 'approvals' && waiting > 0 ? ` · ${waiting} waiting` : ''}`,
        key: one.keys?.names[0] ?? '',
        run: () => void perform(one, context),
      }),
    );
    const open = (id: string, group: Entry['group'], title: string, help: string, to: string): Entry => ({
      id,
      group,
      title,
      help,
      key: '',
      run: () => context.go(to),
    });
    return [
      ...commands,
      ...(sessions?.pages.flatMap((page) => page.sessions) ?? []).map((one) =>
        open(one.id, 'session', one.title || 'Untitled', one.server_name, `/s/${one.id}`),
      ),
      ...(servers?.pages.flatMap((page) => page.servers) ?? []).map((one) =>
        open(one.id, 'server', one.name, one.url, `/servers/${one.id}`),
      ),
      ...(organizations?.filter(({ current }) => !current) ?? []).map((one): Entry => ({
        id: one.id,
        group: 'org',
        title: `Switch to ${one.name}`,
        help: one.role,
        key: '',
        run: () => {
          if (switching) void perform(switching, context, one.name);
        },
      })),
    ];
  }, [context, servers, sessions, organizations, waiting]);

  const found = entries
    .flatMap((entry) => {
      const score = fuzzy(query.trim(), `${entry.group} ${entry.title} ${entry.help}`);
      return score === undefined ? [] : [{ entry, score }];
    })
    .sort((left, right) => right.score - left.score)
    .slice(0, SHOWN)
    .map(({ entry }) => entry);
  const current = Math.min(at, found.length - 1);

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    closeOverlay();
    entry.run();
  };

  return (
    <Dialog title="Command palette" onClose={closeOverlay} testId="palette">
      <input
        className="input"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[current] ? `palette-${found[current].id}` : undefined}
        aria-label="Command, session or server"
        placeholder="Command, session or server"
        autoFocus
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt((current + 1) % Math.max(1, found.length));
          else if (event.key === 'ArrowUp') setAt((current - 1 + found.length) % Math.max(1, found.length));
          else if (event.key === 'Enter') run(found[current]);
          else return;
          event.preventDefault();
        }}
      />
      <ul className="options" role="listbox" id="palette-list" aria-label="Results">
        {found.map((entry, index) => (
          <li
            key={`${entry.group}-${entry.id}`}
            id={`palette-${entry.id}`}
            role="option"
            aria-selected={index === current}
            className="option"
            onMouseMove={() => setAt(index)}
            onClick={() => run(entry)}
          >
            <span className="option-kind">{entry.group}</span>
            <span className="option-title">{entry.title}</span>
            <span className="option-help">{entry.help}</span>
            {entry.key !== '' && <kbd>{keyLabel(entry.key)}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="dim">No match for ‘{query}’.</p>}
      <p className="unseen" role="status">
        {found.length} results
      </p>
    </Dialog>
  );
}
