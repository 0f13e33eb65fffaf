import { useState } from 'react';
import type { ToolDetail, ToolVersion } from '../api/tool-types.js';
import { Moment } from '../ui/moment.js';
import { visible, visibleJson } from '../ui/visible.js';
import { SideBySide } from './side-by-side.js';

/** Every definition that was seen, and who decided what about it. */
export function ToolHistory({ detail: { history, tool } }: { detail: ToolDetail }) {
  if (history.length === 0) return <p className="empty">Only the definition of now is known.</p>;
  const now = history.find(({ pin }) => pin === tool.pin);
  return (
    <ol className="entries">
      {history.map((version) => (
        <Version key={`${version.pin} ${version.first_seen_at}`} version={version} now={now} />
      ))}
    </ol>
  );
}

function Version({ version, now }: { version: ToolVersion; now: ToolVersion | undefined }) {
  const [open, setOpen] = useState(false);
  const { pin, first_seen_at, status, decided_at, decided_by, reason, definition } = version;
  const comparable = version !== now && definition !== undefined && now?.definition !== undefined;
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <span className="mono">{pin.slice(0, 16)}</span> {version === now && <span className="tag">now</span>}{' '}
          {status.replaceAll('_', ' ')}
          {decided_by !== null && ` by ${decided_by.username}`}
        </p>
        {reason !== null && <p>{visible(reason)}</p>}
        <p className="entry-meta dim">
          <span>
            first seen <Moment at={first_seen_at} />
          </span>
          {decided_at !== null && (
            <span>
              decided <Moment at={decided_at} />
            </span>
          )}
        </p>
        {open && comparable && <SideBySide before={visibleJson(definition)} after={visibleJson(now.definition)} />}
      </div>
      {comparable && (
        <button type="button" className="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          Compare with now
        </button>
      )}
    </li>
  );
}
