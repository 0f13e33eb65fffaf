import { SchemaFields } from '../console/schema-fields.js';
import type { Field } from '../console/schema-form.js';
import { takesNothing } from '../console/schema-parts.js';
import { JsonView } from '../ui/json-tree.js';
import { Tabs, TabPanel } from '../ui/tabs.js';
import { inView, type ArgumentsDraft } from './arguments.js';

interface ArgumentsFormProps {
  schema: unknown;
  fields: Field[];
  draft: ArgumentsDraft;
  errors: Record<string, string>;
  onChange: (draft: ArgumentsDraft) => void;
}

/** Arguments by a form made from the schema, or as the JSON they are. */
export function ArgumentsForm({ schema, fields, draft, errors, onChange }: ArgumentsFormProps) {
  return (
    <>
      <Tabs
        label="Arguments"
        prefix="arguments"
        names={['form', 'json'] as const}
        chosen={draft.view}
        onChoose={(view) => {
          const next = inView(schema, draft, view);
          if (next !== undefined) onChange(next);
        }}
      />
      <TabPanel prefix="arguments" name={draft.view}>
        {draft.view === 'json' ? (
          <>
            <label className="field">
              <span className="unseen">Arguments as JSON</span>
              <textarea
                className="input mono"
                rows={10}
                spellCheck={false}
                value={draft.json}
                onChange={(event) => onChange({ ...draft, json: event.target.value })}
              />
              {errors.json !== undefined && <span className="form-error">{errors.json}</span>}
            </label>
            <details className="fold">
              <summary>the schema of the arguments</summary>
              <JsonView name="The schema of the arguments" value={schema} />
            </details>
          </>
        ) : (
          <>
            {fields.length === 0 && (
              <p className="dim">
                {takesNothing(schema)
                  ? 'This tool takes no arguments.'
                  : 'No form can be made of its schema: write the arguments as JSON.'}
              </p>
            )}
            <SchemaFields
              fields={fields}
              raw={draft.raw}
              errors={errors}
              onChange={(name, value) => onChange({ ...draft, raw: { ...draft.raw, [name]: value } })}
            />
          </>
        )}
      </TabPanel>
    </>
  );
}
