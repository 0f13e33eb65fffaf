import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import type { ApiKey, NewApiKey } from '../api/identity-types.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNote } from '../ui/feedback.js';
import { OVERLAPS } from './key-words.js';

interface RotateKeyProps {
  apiKey: ApiKey;
  onClose: () => void;
  onMade: (made: NewApiKey) => void;
}

export function RotateKey({ apiKey, onClose, onMade }: RotateKeyProps) {
  const [overlap, setOverlap] = useState<number>(OVERLAPS[0].value);
  const rotating = useMutation({
    mutationFn: () =>
      call<{ api_key: NewApiKey }>('POST', `/user/api-keys/${apiKey.id}/rotate`, {
        body: { overlap_seconds: overlap },
      }),
    onSuccess: ({ api_key }) => onMade(api_key),
  });
  return (
    <Dialog
      title={`Rotate ${apiKey.name}`}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={rotating.isPending}
            onClick={() => rotating.mutate()}
          >
            {rotating.isPending ? 'Rotating…' : 'Rotate'}
          </button>
        </>
      }
    >
      <p>A new secret with the same name, scopes and end.</p>
      <fieldset className="choice section">
        <legend className="field-label">The old secret works for</legend>
        {OVERLAPS.map(({ value, words }) => (
          <label key={value} className="check">
            <input type="radio" name="overlap" checked={overlap === value} onChange={() => setOverlap(value)} />
            {words}
          </label>
        ))}
      </fieldset>
      {rotating.isError && <ErrorNote error={rotating.error} />}
    </Dialog>
  );
}
