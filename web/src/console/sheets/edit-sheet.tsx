import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { toolsQuery } from '../../api/queries.js';
import { isRecord } from '@app/session-protocol/client';
import type { ShownNode } from '../../session/state.js';
import { Dialog } from '../../ui/dialog.js';
import { DiffView } from '../diff-view.js';
import { useConnected, useLiveSession } from '../live-context.js';
import { SchemaFields } from '../schema-fields.js';
import { fieldsOf, readForm, type FormRead } from '../schema-form.js';

/** New arguments for one task: a form from the tool's schema or the JSON itself, and what would change. */
export function EditSheet({ node, onClose }: { node: ShownNode; onClose: () => void }) {
  const live = useLiveSession();
  const connected = useConnected();
  const tools = useQuery(toolsQuery(node.server_id || live.serverId)).data?.tools;
  const schema = tools?.find((tool) => tool.name === node.tool)?.input_schema;
  const fields = useMemo(() => fieldsOf(schema, node.arguments), [schema, node.arguments]);
  const [before] = useState(() => JSON.stringify(node.arguments, null, 2));
  const [chosen, setChosen] = useState<'form' | 'json'>('form');
  const [raw, setRaw] = useState<Record<string, string>>({});
  const [json, setJson] = useState<string>();
  const tab = fields.length === 0 ? 'json' : chosen;

  // A default that nobody chose stays the tool's own.
  const given = fields.filter(
    ({ name, required }) => required || Object.hasOwn(raw, name) || Object.hasOwn(node.arguments, name),
  );
  const form = readForm(given, raw, node.arguments);
  const text = json ?? before;
  const read: FormRead = tab === 'form' ? form : readArguments(text);
  const after = read.ok ? JSON.stringify(read.values, null, 2) : undefined;
  const changed = after !== undefined && after !== before;

  const show = (next: 'form' | 'json') => {
    if (next === 'json' && form.ok) setJson(JSON.stringify(form.values, null, 2));
    if (next === 'form') {
      const values = readArguments(text);
      if (!values.ok) return;
      const written = fieldsOf(schema, values.values).filter(({ name }) => Object.hasOwn(values.values, name));
      const emptied = fields
        .filter(({ name }) => Object.hasOwn(node.arguments, name))
        .map(({ name }) => [name, ''] as const);
      setRaw(Object.fromEntries([...emptied, ...written.map(({ name, initial }) => [name, initial] as const)]));
    }
    setChosen(next);
  };
  const save = (then: 'edit_task' | 'approve_task') => {
    if (!read.ok) return;
    live.decide(then, node.id, { arguments: read.values });
    onClose();
  };

  return (
    <Dialog
      title={`Edit ${node.title}`}
      onClose={onClose}
      wide
      testId="edit"
      actions={
        <>
          {!connected && <span className="dim">Edits need a connection.</span>}
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="button" disabled={!changed || !connected} onClick={() => save('edit_task')}>
            Save
          </button>
          {node.allowed_decisions.includes('approve') && (
            <button
              type="button"
              className="button button-primary"
              disabled={!read.ok || !connected}
              onClick={() => save('approve_task')}
            >
              Save and approve
            </button>
          )}
        </>
      }
    >
      <p className="dim">
        {node.tool} · {node.server_name}. The new arguments replace the old ones as a whole.
      </p>
      <div className="tabs" role="tablist" aria-label="Editor">
        {(['form', 'json'] as const).map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            className="tab"
            aria-selected={tab === one}
            disabled={one === 'form' && fields.length === 0}
            onClick={() => show(one)}
          >
            {one}
          </button>
        ))}
      </div>
      <div className="edit-columns">
        <div role="tabpanel" aria-label={tab}>
          {tab === 'form' ? (
            <SchemaFields
              fields={fields}
              raw={raw}
              errors={form.ok ? {} : form.errors}
              onChange={(name, value) => setRaw({ ...raw, [name]: value })}
            />
          ) : (
            <label className="field">
              <span className="unseen">Arguments as JSON</span>
              <textarea
                className="input mono"
                rows={14}
                spellCheck={false}
                value={text}
                onChange={(event) => setJson(event.target.value)}
              />
              {!read.ok && <span className="form-error">{read.errors.json}</span>}
            </label>
          )}
        </div>
        <div>
          <h3 className="label">before and after</h3>
          <DiffView before={before} after={after ?? before} />
        </div>
      </div>
    </Dialog>
  );
}

function readArguments(text: string): FormRead {
  try {
    const values: unknown = JSON.parse(text);
    if (isRecord(values)) return { ok: true, values };
    return { ok: false, errors: { json: 'Arguments are a JSON object.' } };
  } catch (error) {
    return { ok: false, errors: { json: `Not valid JSON: ${error instanceof Error ? error.message : ''}` } };
  }
}
