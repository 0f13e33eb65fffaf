import { useState } from 'react';
import type { ToolsetEntry, ToolsetOffer } from '../api/toolset-types.js';
import { TextField } from '../ui/field.js';
import { visible } from '../ui/visible.js';
import { ALL_TOOLS } from './toolset-words.js';

interface EntryRowProps {
  entry: ToolsetEntry;
  /** As it came out, as far as that is known. */
  resolved: ToolsetOffer['entries'][number] | undefined;
  serverName: string;
  problem: string | undefined;
  onChange: (entry: ToolsetEntry) => void;
  onRemove: () => void;
}

/** One entry of a toolset: what it is, and what it is to be called. */
export function EntryRow({ entry, resolved, serverName, problem, onChange, onRemove }: EntryRowProps) {
  const [open, setOpen] = useState(false);
  const isAll = entry.tool === ALL_TOOLS;
  const what = isAll ? `all tools of ${serverName}` : `${entry.tool} of ${serverName}`;
  /** Nothing typed: as the server has it. */
  const set = (field: 'name' | 'title' | 'description') => (value: string) => {
    const { [field]: _before, ...rest } = entry;
    onChange(value === '' ? rest : { ...rest, [field]: value });
  };
  const toggleHidden = () => {
    const { hidden, ...rest } = entry;
    onChange(hidden ? rest : { ...rest, hidden: true });
  };
  return (
    <li className="entry" data-entry={entry.tool} data-state={resolved?.state}>
      <div className="entry-text">
        <p className="tool-name mono">
          {isAll ? 'all tools' : visible(entry.name ?? entry.tool)}
          <span className="dim tool-of">
            {visible(serverName)}
            {entry.name !== undefined && `: ${visible(entry.tool)}`}
          </span>
          {entry.hidden && <span className="tag">hidden</span>}
          {resolved?.state === 'missing' && <span className="tag tag-warn">missing</span>}
          {entry.description !== undefined && <span className="tag">described anew</span>}
        </p>
        {problem !== undefined && <p className="form-error">{problem}</p>}
        {open && (
          <div className="narrow-form">
            <TextField
              label="Name for clients"
              placeholder={entry.tool}
              maxLength={64}
              value={entry.name ?? ''}
              onChange={set('name')}
              hint="Letters, digits, _ . and -; at most 64."
            />
            <TextField label="Title" maxLength={200} value={entry.title ?? ''} onChange={set('title')} />
            <label className="field">
              <span className="field-label">Description for models</span>
              <textarea
                className="input"
                rows={4}
                maxLength={4_000}
                value={entry.description ?? ''}
                onChange={({ target }) => set('description')(target.value)}
              />
              <span className="dim field-hint">Empty: as the server describes it.</span>
            </label>
          </div>
        )}
      </div>
      <div className="entry-actions">
        {!isAll && (
          <>
            <button
              type="button"
              className="button"
              aria-expanded={open}
              aria-label={`${open ? 'Close' : 'Rename'} ${what}`}
              onClick={() => setOpen(!open)}
            >
              {open ? 'Close' : 'Rename'}
            </button>
            <button
              type="button"
              className="button"
              aria-label={`${entry.hidden ? 'Show' : 'Hide'} ${what}`}
              onClick={toggleHidden}
            >
              {entry.hidden ? 'Show' : 'Hide'}
            </button>
          </>
        )}
        <button type="button" className="button" aria-label={`Remove ${what}`} onClick={onRemove}>
          Remove
        </button>
      </div>
    </li>
  );
}
