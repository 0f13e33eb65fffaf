import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { toolSearchQuery } from '../api/toolset-queries.js';
import type { ToolsetEntry } from '../api/toolset-types.js';
import { mayOn } from '../servers/access-words.js';
import { useAllServers } from '../servers/all-servers.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { visible } from '../ui/visible.js';
import { ALL_TOOLS } from './toolset-words.js';

interface FindToolsProps {
  entries: readonly ToolsetEntry[];
  onAdd: (entry: ToolsetEntry) => void;
}

/** Of a search, unless another number is asked for. */
const AT_MOST = 20;

/** Tools by words, across all servers, to be put into a toolset; and whole servers. */
export function FindTools({ entries, onAdd }: FindToolsProps) {
  const [text, setText] = useState('');
  const words = useDeferredValue(text.trim());
  const found = useQuery(toolSearchQuery(words));
  const has = (serverId: string, tool: string) =>
    entries.some((entry) => entry.server_id === serverId && entry.tool === tool);
  return (
    <>
      <input
        className="input"
        type="search"
        aria-label="Find tools to add"
        placeholder="Find tools of all servers"
        value={text}
        onChange={({ target }) => setText(target.value)}
        // It stands in a form that Enter would send.
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.preventDefault();
        }}
      />
      {words !== '' && found.isPending && <Loading what="tools that fit" />}
      {found.isError && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
      {words !== '' && found.data?.length === 0 && <p className="empty">No tool fits ‘{words}’.</p>}
      {words !== '' && found.data && (
        <ul className="found" data-testid="found">
          {found.data.map(({ server_id, server_name, tool, description, title }) => (
            <li key={`${server_id} ${tool}`} className="found-row">
              <div className="tool-main">
                <p className="tool-name mono">
                  {visible(tool)} <span className="dim tool-of">{visible(server_name)}</span>
                </p>
                <p className="tool-text tool-short">{visible(description || title)}</p>
              </div>
              <button
                type="button"
                className="button"
                aria-label={`${has(server_id, tool) ? 'Added' : 'Add'} ${tool} of ${server_name}`}
                disabled={has(server_id, tool)}
                onClick={() => onAdd({ server_id, tool })}
              >
                {has(server_id, tool) ? 'Added' : 'Add'}
              </button>
            </li>
          ))}
        </ul>
      )}
      {words !== '' && found.data?.length === AT_MOST && (
        <p className="dim field-hint">The best {AT_MOST}. More words find others.</p>
      )}
      <WholeServer
        isIn={(serverId) => has(serverId, ALL_TOOLS)}
        onAdd={(server_id) => onAdd({ server_id, tool: ALL_TOOLS })}
      />
    </>
  );
}

interface WholeServerProps {
  isIn: (serverId: string) => boolean;
  onAdd: (serverId: string) => void;
}

function WholeServer({ isIn, onAdd }: WholeServerProps) {
  const { servers, isWhole, error, retry } = useAllServers();
  const [chosen, setChosen] = useState('');
  const free = servers.filter((server) => mayOn(server, 'use') && !isIn(server.id));
  if (error !== null) return <ErrorNote title="Servers were not listed" error={error} onRetry={retry} />;
  if (isWhole && free.length === 0) return null;
  return (
    <div className="inline-form" role="group" aria-label="All of a server">
      <select
        className="input"
        aria-label="Server"
        disabled={!isWhole}
        value={chosen}
        onChange={({ target }) => setChosen(target.value)}
      >
        <option value="">{isWhole ? 'all tools of a server…' : 'servers are loading…'}</option>
        {free.map(({ id, name }) => (
          <option key={id} value={id}>
            {visible(name)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="button"
        disabled={chosen === ''}
        onClick={() => {
          onAdd(chosen);
          setChosen('');
        }}
      >
        Add all
      </button>
    </div>
  );
}
