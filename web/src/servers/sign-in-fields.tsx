import { useQuery } from '@tanstack/react-query';
import { redirectUriQuery } from '../api/queries.js';
import { CopyBox } from '../ui/copy.js';
import { Field } from '../ui/field.js';
import type { Draft } from './server-form.js';

interface Props {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  errors: Record<string, string>;
  /** What is said of a stored secret. */
  kept: string;
}

/** How accounts sign in to a server with OAuth. Most servers need none of it but the first. */
export function SignInFields({ draft, onChange, errors, kept }: Props) {
  const isMachine = draft.account === 'machine';
  return (
    <>
      <Field
        label="Account"
        error={errors.account ?? errors.oauth}
        hint="Connected on the page of the server, once it is saved"
      >
        <select
          className="input"
          name="account"
          value={draft.account}
          onChange={(event) => onChange({ account: event.target.value as Draft['account'] })}
        >
          <option value="shared">one for all who may use the server</option>
          <option value="per_user">everybody signs in for themselves</option>
          <option value="machine">a machine account: client credentials</option>
        </select>
      </Field>
      <details className="fold" open={isMachine || draft.client_id !== '' || errors.client_id !== undefined}>
        <summary>client id and secret or key, scopes</summary>
        <div className="field-row">
          <Field
            label="Client id"
            error={errors.client_id}
            hint={isMachine ? '' : 'Empty: we register ourselves, where the authorization server lets us'}
          >
            <input
              className="input mono"
              name="client_id"
              autoComplete="off"
              value={draft.client_id}
              onChange={(event) => onChange({ client_id: event.target.value })}
            />
          </Field>
          <Field
            label="Client secret, or a private key: PEM or JWK"
            error={errors.client_secret ?? errors.private_key}
            hint={kept}
          >
            <textarea
              className="input mono"
              name="secret"
              rows={1}
              autoComplete="off"
              spellCheck={false}
              value={draft.secret}
              onChange={(event) => onChange({ secret: event.target.value })}
            />
          </Field>
        </div>
        <Field label="Scopes" error={errors.scopes} hint="Empty: those that the server asks for">
          <input
            className="input mono"
            name="scopes"
            value={draft.scopes}
            onChange={(event) => onChange({ scopes: event.target.value })}
          />
        </Field>
        {!isMachine && <RedirectUri />}
      </details>
    </>
  );
}

/** What somebody has to enter who registers a client by hand. */
function RedirectUri() {
  const address = useQuery(redirectUriQuery).data;
  if (address === undefined) return null;
  return (
    <>
      <p className="field-label">For a client that you register there yourself, its redirect URI</p>
      <CopyBox name="the redirect URI" text={address} />
    </>
  );
}
