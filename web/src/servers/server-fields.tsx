import { Field } from '../ui/field.js';
import { POLICY_WORDS } from './server-words.js';
import type { Draft } from './server-form.js';
import { SignInFields } from './sign-in-fields.js';
import { AskingFields } from './asking-fields.js';

interface FieldsProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  /** Messages by field. */
  errors: Record<string, string>;
  /** Whether a secret is stored already. */
  secretSet?: boolean;
}

/** The fields of a server, for adding and editing. */
export function ServerFields({ draft, onChange, errors, secretSet }: FieldsProps) {
  const kept = secretSet ? 'Stored. Leave empty to keep it.' : 'Stored encrypted, never shown again.';
  return (
    <>
      <div className="field-row">
        <Field label="Name" error={errors.name}>
          <input
            className="input mono"
            name="name"
            required
            maxLength={100}
            value={draft.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        </Field>
        <Field label="URL" error={errors.url}>
          <input
            className="input mono"
            name="url"
            type="url"
            required
            placeholder="https://mcp.example.com/mcp"
            value={draft.url}
            onChange={(event) => onChange({ url: event.target.value })}
          />
        </Field>
      </div>
      <div className="field-row">
        <Field label="Authentication" error={errors.auth_method}>
          <select
            className="input"
            name="auth_method"
            value={draft.auth_method}
            onChange={(event) => onChange({ auth_method: event.target.value as Draft['auth_method'] })}
          >
            <option value="none">none</option>
            <option value="api_key">API key</option>
            <option value="oauth">OAuth: an account signs in</option>
            <option value="access_token">access token</option>
          </select>
        </Field>
        {(draft.auth_method === 'api_key' || draft.auth_method === 'access_token') && (
          <Field
            label={draft.auth_method === 'access_token' ? 'Access token' : 'API key'}
            error={errors.api_key ?? errors.access_token ?? errors.credentials}
            hint={kept}
          >
            <input
              className="input mono"
              type="password"
              name="secret"
              autoComplete="off"
              value={draft.secret}
              onChange={(event) => onChange({ secret: event.target.value })}
            />
          </Field>
        )}
      </div>
      {draft.auth_method === 'oauth' && <SignInFields draft={draft} onChange={onChange} errors={errors} kept={kept} />}
      {draft.auth_method === 'api_key' && (
        <div className="field-row">
          <Field label="Header" error={errors.header} hint="Authorization if left empty">
            <input
              className="input mono"
              name="header"
              placeholder="X-API-Key"
              value={draft.header}
              onChange={(event) => onChange({ header: event.target.value })}
            />
          </Field>
          <Field label="Scheme" error={errors.scheme} hint="The word before the key, if any">
            <input
              className="input mono"
              name="scheme"
              placeholder="Bearer"
              value={draft.scheme}
              onChange={(event) => onChange({ scheme: event.target.value })}
            />
          </Field>
        </div>
      )}
      <div className="field-row">
        <Field label="Approval" error={errors.approval_policy}>
          <select
            className="input"
            name="approval_policy"
            value={draft.approval_policy}
            onChange={(event) => onChange({ approval_policy: event.target.value as Draft['approval_policy'] })}
          >
            {Object.entries(POLICY_WORDS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Transport" error={errors.transport}>
          <select
            className="input"
            name="transport"
            value={draft.transport}
            onChange={(event) => onChange({ transport: event.target.value as Draft['transport'] })}
          >
            <option value="auto">find out</option>
            <option value="streamable_http">Streamable HTTP</option>
            <option value="sse">HTTP + SSE (older)</option>
          </select>
        </Field>
        <Field label="Timeout, seconds" error={errors.timeout}>
          <input
            className="input mono"
            name="timeout"
            type="number"
            min={1}
            max={600}
            value={draft.timeout}
            onChange={(event) => onChange({ timeout: event.target.value })}
          />
        </Field>
      </div>
      <details className="fold">
        <summary>description, headers, what it may ask of clients</summary>
        <Field label="Description" error={errors.description} hint="For people">
          <input
            className="input"
            name="description"
            maxLength={2_000}
            value={draft.description}
            onChange={(event) => onChange({ description: event.target.value })}
          />
        </Field>
        <Field
          label="Headers of every request, a line each"
          error={errors.request_headers}
          hint="They are shown again: no credentials here"
        >
          <textarea
            className="input mono"
            name="headers"
            rows={3}
            spellCheck={false}
            placeholder="X-Team: reports"
            value={draft.headers}
            onChange={(event) => onChange({ headers: event.target.value })}
          />
        </Field>
        <AskingFields draft={draft} onChange={onChange} />
      </details>
      <label className="check">
        <input
          type="checkbox"
          name="ssl_verify"
          checked={draft.ssl_verify}
          onChange={(event) => onChange({ ssl_verify: event.target.checked })}
        />
        Verify the TLS certificate
      </label>
    </>
  );
}
