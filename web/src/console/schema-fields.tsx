import { useId } from 'react';
import type { Field } from './schema-form.js';

interface SchemaFieldsProps {
  fields: Field[];
  raw: Record<string, string>;
  errors: Record<string, string>;
  disabled?: boolean;
  onChange: (name: string, value: string) => void;
}

/** Fields made from a JSON Schema. All text in them comes from a server and is shown as text. */
export function SchemaFields({ fields, raw, errors, disabled, onChange }: SchemaFieldsProps) {
  return fields.map((field) => (
    <OneField
      key={field.name}
      field={field}
      value={raw[field.name] ?? field.initial}
      error={errors[field.name]}
      disabled={disabled === true}
      onChange={(value) => onChange(field.name, value)}
    />
  ));
}

interface OneFieldProps {
  field: Field;
  value: string;
  error: string | undefined;
  disabled: boolean;
  onChange: (value: string) => void;
}

function OneField({ field, value, error, disabled, onChange }: OneFieldProps) {
  const id = useId();
  const described = { id, 'aria-describedby': `${id}-help`, 'aria-invalid': error !== undefined, disabled };
  const help = (
    <span id={`${id}-help`}>
      {field.help !== '' && <span className="dim field-hint">{field.help}</span>}
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
          {field.label}
        </label>
        {help}
      </div>
    );
  }
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {field.label}
        {!field.required && <span className="dim"> (optional)</span>}
      </label>
      {field.kind === 'choice' ? (
        <select {...described} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">–</option>
          {field.choices.map((choice) => (
            <option
              key={choice.label}
              value={typeof choice.value === 'string' ? choice.value : JSON.stringify(choice.value)}
            >
              {choice.label}
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
      {help}
    </div>
  );
}
