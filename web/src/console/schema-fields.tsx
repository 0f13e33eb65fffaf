import { memo, useCallback, useId, useRef } from 'react';
import { visible } from '../ui/visible.js';
import { typedIn, type Field } from './schema-form.js';

interface SchemaFieldsProps {
  fields: Field[];
  raw: Record<string, string>;
  errors: Record<string, string>;
  disabled?: boolean;
  onChange: (name: string, value: string) => void;
}

/** Fields made from a JSON Schema. All text in them comes from a server and is shown as text. */
export function SchemaFields({ fields, raw, errors, disabled, onChange }: SchemaFieldsProps) {
  const latest = useRef(onChange);
  latest.current = onChange;
  // The same for good: of two hundred fields only the one that is typed in is drawn again.
  const change = useCallback((name: string, value: string) => latest.current(name, value), []);
  return fields.map((field) => (
    <OneField
      key={field.name}
      field={field}
      value={typedIn(raw, field.name) ?? field.initial}
      error={typedIn(errors, field.name)}
      disabled={disabled === true}
      onField={change}
    />
  ));
}

interface OneFieldProps {
  field: Field;
  value: string;
  error: string | undefined;
  disabled: boolean;
  onField: (name: string, value: string) => void;
}

const OneField = memo(Drawn);

function Drawn({ field, value, error, disabled, onField }: OneFieldProps) {
  const id = useId();
  const onChange = (typed: string) => onField(field.name, typed);
  const label = field.label === '' ? '(without a name)' : visible(field.label);
  const described = { id, 'aria-describedby': `${id}-help`, 'aria-invalid': error !== undefined, disabled };
  const help = (
    <span id={`${id}-help`}>
      {field.help !== '' && <span className="dim field-hint">{visible(field.help)}</span>}
      {error !== undefined && <span className="form-error">{error}</span>}
    </span>
  );
  if (field.kind === 'boolean') {
    return (
      <div className="field">
        <label className="check">
          <input
            {...described}
            type="checkbox"
            checked={value === 'true'}
            onChange={(event) => onChange(String(event.target.checked))}
          />
          {label}
        </label>
        {help}
      </div>
    );
  }
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
        {!field.required && <span className="dim"> (optional)</span>}
      </label>
      {field.kind === 'choice' ? (
        <select {...described} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">–</option>
          {field.choices.map((choice, at) => (
            <option key={at} value={typeof choice.value === 'string' ? choice.value : JSON.stringify(choice.value)}>
              {visible(choice.label)}
            </option>
          ))}
        </select>
      ) : field.multiline ? (
        <textarea
          {...described}
          className="input mono"
          rows={Math.min(10, Math.max(3, value.split('\n').length))}
          spellCheck={false}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <input
          {...described}
          className="input mono"
          type={field.kind === 'text' ? field.input : 'text'}
          inputMode={field.kind === 'number' || field.kind === 'integer' ? 'decimal' : undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {field.kind === 'json' && value === '' && !disabled && field.draft !== 'null' && (
        <button type="button" className="text-button" onClick={() => onChange(field.draft)}>
          Insert a template<span className="unseen"> for {label}</span>
        </button>
      )}
      {help}
    </div>
  );
}
