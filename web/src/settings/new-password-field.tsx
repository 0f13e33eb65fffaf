import { useState } from 'react';
import { TextField } from '../ui/field.js';
import { lengthWords } from './password-words.js';

interface NewPasswordFieldProps {
  value: string;
  onChange: (value: string) => void;
  error: string | undefined;
  label?: string;
  autoFocus?: boolean;
}

/** A password that is being chosen: it can be looked at, so it is typed once. */
export function NewPasswordField({ value, onChange, error, label = 'New password', autoFocus }: NewPasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <>
      <TextField
        label={label}
        name="new_password"
        type={shown ? 'text' : 'password'}
        autoComplete="new-password"
        spellCheck={false}
        required
        autoFocus={autoFocus}
        value={value}
        onChange={onChange}
        error={error}
        hint={lengthWords(value)}
      />
      <label className="check">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
        Show it
      </label>
    </>
  );
}
