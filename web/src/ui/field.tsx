import { useId, type InputHTMLAttributes, type ReactNode } from 'react';
import { Problem } from '../api/problem.js';

/** What the server said of single fields, by field. */
export const fieldsOf = (error: unknown): Record<string, string> => (error instanceof Problem ? error.fields : {});

/** Whether a refusal is told at the fields already, as far as a form has them. */
export function isToldAt(error: unknown, names: readonly string[]): boolean {
  const told = Object.keys(fieldsOf(error));
  return told.length > 0 && told.every((name) => names.includes(name));
}

interface FieldProps {
  label: ReactNode;
  error?: string | undefined;
  hint?: ReactNode;
  children: ReactNode;
}

/** A control with its name, a hint and what is wrong with it. */
export function Field({ label, error, hint, children }: FieldProps) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      {children}
      {hint !== undefined && <span className="dim field-hint">{hint}</span>}
      {error !== undefined && <span className="form-error">{error}</span>}
    </label>
  );
}

type TextFieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'className' | 'value'> & {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  hint?: ReactNode;
};

/** A line of text; what is wrong with it is read out with it. */
export function TextField({ label, value, onChange, error, hint, ...input }: TextFieldProps) {
  const id = useId();
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].join(' ').trim();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        {...input}
        id={id}
        className="input mono"
        value={value}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={described === '' ? undefined : described}
        onChange={(event) => onChange(event.target.value)}
      />
      {hint !== undefined && (
        <span className="dim field-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error !== undefined && (
        <span className="form-error" id={`${id}-error`} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
