import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { accountQuery } from '../api/identity-queries.js';
import type { NewApiKey, ReachedTool, Scope } from '../api/identity-types.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNote } from '../ui/feedback.js';
import { Field, fieldsOf, isToldAt, TextField } from '../ui/field.js';
import { KeyReach } from './key-reach.js';
import { EXPIRIES, SCOPE_WORDS, scopesOf } from './key-words.js';
import { aRole } from './pages.js';

const FORM = 'create-key';
const NINETY_DAYS = EXPIRIES[1].value;

export function CreateKey({ onClose, onMade }: { onClose: () => void; onMade: (made: NewApiKey) => void }) {
  const account = useQuery(accountQuery).data;
  const role = account?.role ?? 'viewer';
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['mcp:read']);
  const [expiry, setExpiry] = useState<string>(NINETY_DAYS);
  const [tools, setTools] = useState<ReachedTool[] | null>(null);
  const making = useMutation({
    mutationFn: () => {
      const expires = expiry === '' ? {} : { expires_in: Number(expiry) };
      return call<{ api_key: NewApiKey }>('POST', '/user/api-keys', {
        body: { name: name.trim(), scopes, tools, ...expires },
      });
    },
    onSuccess: ({ api_key }) => onMade(api_key),
  });
  const fields = fieldsOf(making.error);
  const toggle = (scope: Scope, on: boolean) =>
    setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope));

  return (
    <Dialog
      title="New API key"
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            form={FORM}
            className="button button-primary"
            disabled={making.isPending || name.trim() === '' || scopes.length === 0 || tools?.length === 0}
          >
            {making.isPending ? 'Making…' : 'Make key'}
          </button>
        </>
      }
    >
      <form
        id={FORM}
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <TextField
          label="Name"
          name="name"
          required
          maxLength={100}
          autoComplete="off"
          placeholder="what or who will use it"
          value={name}
          onChange={setName}
          error={fields.name}
        />
        <fieldset className="choice">
          <legend className="field-label">It may</legend>
          {scopesOf(role).map((scope) => (
            <label key={scope} className="check">
              <input
                type="checkbox"
                checked={scopes.includes(scope)}
                onChange={(event) => toggle(scope, event.target.checked)}
              />
              <span>
                <span className="mono">{scope}</span> <span className="dim">{SCOPE_WORDS[scope]}</span>
              </span>
            </label>
          ))}
          {fields.scopes !== undefined && <span className="form-error">{fields.scopes}</span>}
          {account && (
            <p className="dim field-hint">
              In {account.organization.name}, where you are {aRole(role)}. It loses what you lose.
            </p>
          )}
        </fieldset>
        <KeyReach tools={tools} onChange={setTools} />
        <Field label="It ends after" error={fields.expires_in}>
          <select className="input" value={expiry} onChange={(event) => setExpiry(event.target.value)}>
            {EXPIRIES.map(({ value, words }) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </Field>
      </form>
      {making.isError && !isToldAt(making.error, ['name', 'scopes', 'expires_in']) && (
        <ErrorNote error={making.error} />
      )}
    </Dialog>
  );
}
