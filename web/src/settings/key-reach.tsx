import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReachedTool } from '../api/identity-types.js';
import { serversQuery, toolsQuery } from '../api/queries.js';
import { mayOn } from '../servers/access-words.js';
import { visible } from '../ui/visible.js';

interface KeyReachProps {
  /** Null: everything that its user may call. */
  tools: readonly ReachedTool[] | null;
  onChange: (tools: ReachedTool[] | null) => void;
}

/** What a key is limited to: all, or whole servers and single tools. */
export function KeyReach({ tools, onChange }: KeyReachProps) {
  const servers = useInfiniteQuery(serversQuery);
  const usable = (servers.data?.pages.flatMap((page) => page.servers) ?? []).filter((one) => mayOn(one, 'use'));
  return (
    <fieldset className="choice">
      <legend className="field-label">It may call</legend>
      <label className="check">
        <input type="radio" name="reach" checked={tools === null} onChange={() => onChange(null)} />
        all that you may call
      </label>
      <label className="check">
        <input type="radio" name="reach" checked={tools !== null} onChange={() => onChange([])} />
        only some tools; it is kept out of sessions then
      </label>
      {tools !== null && (
        <ul className="reach" data-testid="reach">
          {usable.map(({ id, name }) => (
            <OfServer
              key={id}
              name={name}
              serverId={id}
              chosen={tools.filter((one) => one.server_id === id).map(({ tool }) => tool)}
              onChange={(chosen) =>
                onChange([
                  ...tools.filter((one) => one.server_id !== id),
                  ...chosen.map((tool) => ({ server_id: id, tool })),
                ])
              }
            />
          ))}
        </ul>
      )}
    </fieldset>
  );
}

interface OfServerProps {
  name: string;
  serverId: string;
  chosen: readonly string[];
  onChange: (tools: string[]) => void;
}

function OfServer({ name, serverId, chosen, onChange }: OfServerProps) {
  const [open, setOpen] = useState(false);
  const words = chosen.length > 0 ? `${chosen.length} chosen` : 'some tools';
  const listed = useQuery({ ...toolsQuery(serverId), enabled: open }).data?.tools ?? [];
  const all = chosen.includes('*');
  return (
    <li>
      <div className="row">
        <label className="check">
          <input type="checkbox" checked={all} onChange={({ target }) => onChange(target.checked ? ['*'] : [])} />
          all of {visible(name)}
        </label>
        {!all && (
          <button
            type="button"
            className="button"
            aria-expanded={open}
            aria-label={`${words} of ${name}`}
            onClick={() => setOpen(!open)}
          >
            {words}
          </button>
        )}
      </div>
      {open && !all && (
        <div className="reach-tools">
          {listed.map((tool) => (
            <label key={tool.name} className="check mono">
              <input
                type="checkbox"
                checked={chosen.includes(tool.name)}
                onChange={({ target }) =>
                  onChange(target.checked ? [...chosen, tool.name] : chosen.filter((one) => one !== tool.name))
                }
              />
              {visible(tool.name)}
            </label>
          ))}
        </div>
      )}
    </li>
  );
}
