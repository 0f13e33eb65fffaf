import { type ReactNode, useState } from 'react';
import type { ToolDetail, ToolVersion } from '../api/tool-types.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { CompareText } from './compare-text.js';

/** Every definition that was seen, and who decided what about it. */
export function ToolHistory({ serverId, detail }: { serverId: string; detail: ToolDetail }) {
  const { history, tool, definition } = detail;
  if (history.length === 0) return <p className="empty">Only the definition of now is known.</p>;
  return (
    <ol className="entries">
      {history.map((version) => (
        <Version key={version.pin} version={version} now={version.pin === tool.pin}>
          <CompareText serverId={serverId} tool={tool.name} from={version.pin} definition={definition} />
        </Version>
      ))}
    </ol>
  );
}

interface VersionProps {
  version: ToolVersion;
  now: boolean;
  /** The comparison with the one of now. */
  children: ReactNode;
}

function Version({ version, now, children }: VersionProps) {
  const [open, setOpen] = useState(false);
  const { pin, first_seen_at, status, decided_at, decided_by, reason } = version;
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <span className="mono">{pin.slice(0, 16)}</span> {now && <span className="tag">now</span>}{' '}
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
        {open && children}
      </div>
      {!now && (
        <button type="button" className="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          Compare with now
        </button>
      )}
    </li>
  );
}
