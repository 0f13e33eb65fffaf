import { useState } from 'react';
import { copyText } from './hooks.js';
import { visible, visibleJson } from './visible.js';

/** More of one object or list than this is shown when asked for. */
const SHOWN = 100;
/** So deep it is open at first. */
const OPEN_DEPTH = 2;

/** A value as a tree that can be folded; text in it is shown as text, with hidden characters named. */
export function JsonTree({ value, name }: { value: unknown; name: string }) {
  return (
    <div className="tree" role="group" aria-label={name}>
      <Branch label={undefined} value={value} depth={0} />
    </div>
  );
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;

function Branch({ label, value, depth }: { label: string | undefined; value: unknown; depth: number }) {
  const [open, setOpen] = useState(depth < OPEN_DEPTH);
  const [shown, setShown] = useState(SHOWN);
  if (!isBranch(value)) {
    return (
      <div className="tree-leaf">
        <Label text={label} />
        <Leaf value={value} />
      </div>
    );
  }
  const entries: [string, unknown][] = Object.entries(value);
  const list = Array.isArray(value);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Label text={label} />
        <span className="dim">
          {list ? `list of ${entries.length}` : `${entries.length} ${entries.length === 1 ? 'field' : 'fields'}`}
        </span>
      </summary>
      {open && (
        <div className="tree-inner">
          {entries.slice(0, shown).map(([key, one]) => (
            <Branch key={key} label={key} value={one} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <button type="button" className="text-button" onClick={() => setShown(shown + SHOWN * 5)}>
              {entries.length - shown} more
            </button>
          )}
        </div>
      )}
    </details>
  );
}

const Label = ({ text }: { text: string | undefined }) =>
  text === undefined ? null : <span className="tree-key">{visible(text)}: </span>;

function Leaf({ value }: { value: unknown }) {
  if (typeof value === 'string') return <span className="tree-text">{value === '' ? '""' : visible(value)}</span>;
  return <span className="tree-value">{JSON.stringify(value) ?? 'undefined'}</span>;
}

/** A value as the JSON it is or as a tree, whichever one likes; copied as it is. */
export function JsonView({ value, name }: { value: unknown; name: string }) {
  const [view, setView] = useState<'json' | 'tree'>('json');
  const [copied, setCopied] = useState(false);
  return (
    <div className="json-view">
      <div className="json-bar">
        <button
          type="button"
          className="text-button"
          aria-label={`${name} as ${view === 'json' ? 'a tree' : 'JSON'}`}
          onClick={() => setView(view === 'json' ? 'tree' : 'json')}
        >
          {view === 'json' ? 'tree' : 'json'}
        </button>
        <button
          type="button"
          className="text-button"
          aria-label={`Copy ${name}`}
          onClick={() => void copyText(JSON.stringify(value, null, 2)).then(setCopied)}
        >
          {copied ? 'copied' : 'copy'}
        </button>
      </div>
      {view === 'tree' ? (
        <JsonTree value={value} name={name} />
      ) : (
        <pre className="code" tabIndex={0} role="group" aria-label={name}>
          {visibleJson(value)}
        </pre>
      )}
    </div>
  );
}
