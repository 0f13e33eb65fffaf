import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { call } from '../api/http.js';
import { previewQuery, toolsetsChanged } from '../api/toolset-queries.js';
import type { Audience, Presentation, Toolset, ToolsetEntry } from '../api/toolset-types.js';
import { useAllServers } from '../servers/all-servers.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Field, fieldsOf, TextField } from '../ui/field.js';
import { Unsaved } from '../ui/unsaved.js';
import { EntryRow } from './entry-row.js';
import { FindTools } from './find-tools.js';
import { Offer } from './offer.js';
import { PRESENTATION_WORDS, PRESENTATIONS, toHandle } from './toolset-words.js';
import { WhoFor } from './who-for.js';

interface Draft {
  name: string;
  handle: string;
  description: string;
  presentation: Presentation;
  audience: Audience | null;
  entries: ToolsetEntry[];
}

const EMPTY: Draft = {
  name: '',
  handle: '',
  description: '',
  presentation: 'definitions',
  audience: null,
  entries: [],
};

const toDraft = ({ name, handle, description, presentation, audience, entries }: Toolset): Draft => ({
  name,
  handle,
  description,
  presentation,
  audience,
  entries: entries.map(({ server_name: _name, state: _state, ...entry }) => entry),
});

interface ToolsetFormProps {
  toolset: Toolset | undefined;
  onSaved: (toolset: Toolset) => void;
}

/** Makes a toolset, or changes one; what it comes to is shown while it is written. */
export function ToolsetForm({ toolset, onSaved }: ToolsetFormProps) {
  const [kept, setKept] = useState<Draft>(() => (toolset ? toDraft(toolset) : EMPTY));
  const [draft, setDraft] = useState(kept);
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    if (saving.isSuccess) saving.reset();
  };
  const isChanged = JSON.stringify(draft) !== JSON.stringify(kept);
  const entries = useDeferredValue(draft.entries);
  const preview = useQuery(previewQuery(entries));
  const saving = useMutation({
    mutationFn: () =>
      toolset === undefined
        ? call<Toolset>('POST', '/toolsets', { body: draft })
        : call<Toolset>('PATCH', `/toolsets/${toolset.id}`, { body: draft }),
    onSuccess: (saved) => {
      setKept(toDraft(saved));
      setDraft(toDraft(saved));
      toolsetsChanged();
      onSaved(saved);
    },
  });
  const fields = fieldsOf(saving.error);
  const collision = (place: number) => {
    const found = preview.data?.collisions.find(({ entry }) => entry === place);
    return found && `${found.name} is the name of another tool here, too: it is left out.`;
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <div className="narrow-form">
          <TextField
            label="Name"
            required
            maxLength={100}
            autoComplete="off"
            value={draft.name}
            onChange={(name) =>
              change({ name, ...(draft.handle === toHandle(draft.name) && { handle: toHandle(name) }) })
            }
            error={fields.name}
          />
          <TextField
            label="Handle"
            required
            maxLength={48}
            autoComplete="off"
            value={draft.handle}
            onChange={(handle) => change({ handle })}
            hint={`Its address ends in /mcp/t/${draft.handle || '…'}`}
            error={fields.handle}
          />
          <TextField
            label="Description"
            maxLength={1_000}
            value={draft.description}
            onChange={(description) => change({ description })}
            error={fields.description}
          />
          <Field label="Clients get">
            <select
              className="input"
              value={draft.presentation}
              onChange={({ target }) => change({ presentation: target.value as Presentation })}
            >
              {PRESENTATIONS.map((one) => (
                <option key={one} value={one}>
                  {PRESENTATION_WORDS[one]}
                </option>
              ))}
            </select>
          </Field>
          <WhoFor audience={draft.audience} onChange={(audience) => change({ audience })} />
        </div>
        <Entries
          entries={draft.entries}
          resolved={preview.data?.entries}
          collision={collision}
          onChange={(next) => change({ entries: next })}
        />
        {saving.isError && <ErrorNote error={saving.error} />}
        <div className="row">
          <button
            type="submit"
            className="button button-primary"
            disabled={saving.isPending || !isChanged || draft.name.trim() === '' || draft.handle === ''}
          >
            {saving.isPending ? 'Saving…' : toolset === undefined ? 'Make toolset' : 'Save changes'}
          </button>
          {toolset === undefined ? (
            <Link to="/toolsets" className="button">
              Cancel
            </Link>
          ) : (
            isChanged && (
              <button type="button" className="button" onClick={() => change(kept)}>
                Discard changes
              </button>
            )
          )}
          {saving.isSuccess && <span role="status">Saved. Clients have it within a second.</span>}
        </div>
      </form>
      <Unsaved when={isChanged && !saving.isPending} what="this toolset" />
      {preview.data === undefined && (
        <section className="section" aria-label="What a client sees">
          <h2>What a client sees</h2>
          {preview.isPending && <Loading what="what a client sees" lines={2} />}
        </section>
      )}
      {preview.isError && <ErrorNote error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.data && <Offer offer={preview.data} presentation={draft.presentation} />}
    </>
  );
}

interface EntriesProps {
  entries: readonly ToolsetEntry[];
  resolved: Toolset['entries'] | undefined;
  collision: (place: number) => string | undefined;
  onChange: (entries: ToolsetEntry[]) => void;
}

function Entries({ entries, resolved, collision, onChange }: EntriesProps) {
  const { servers, isWhole } = useAllServers();
  const find = ({ server_id, tool }: ToolsetEntry) =>
    resolved?.find((one) => one.server_id === server_id && one.tool === tool);
  const nameOf = (entry: ToolsetEntry) =>
    servers.find(({ id }) => id === entry.server_id)?.name ??
    find(entry)?.server_name ??
    (isWhole ? 'a server that is gone' : '…');
  return (
    <section className="section toolset-tools" aria-labelledby="entries">
      <h2 id="entries">Tools</h2>
      <FindTools entries={entries} onAdd={(entry) => onChange([...entries, entry])} />
      {entries.length === 0 && <p className="empty">No tools yet: find some above, or add all of a server.</p>}
      <ul className="entries" data-testid="entries">
        {entries.map((entry, place) => (
          <EntryRow
            key={`${entry.server_id} ${entry.tool}`}
            entry={entry}
            resolved={find(entry)}
            serverName={nameOf(entry)}
            problem={collision(place)}
            onChange={(changed) => onChange(entries.map((one, at) => (at === place ? changed : one)))}
            onRemove={() => onChange(entries.filter((_, at) => at !== place))}
          />
        ))}
      </ul>
    </section>
  );
}
