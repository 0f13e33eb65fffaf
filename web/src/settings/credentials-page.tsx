import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { call } from '../api/http.js';
import { credentialsChanged, credentialsQuery } from '../api/identity-queries.js';
import type { Credential } from '../api/identity-types.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { plural } from '../ui/format.js';
import { ConnectedClients } from './connected-clients.js';
import { CredentialEntry } from './credential-entry.js';
import { SettingsPage } from './settings-page.js';

export function CredentialsPage() {
  const credentials = useQuery(credentialsQuery);
  const all = credentials.data ?? [];
  return (
    <SettingsPage path="credentials">
      <p className="dim">
        All that acts as you: browsers and programs that signed in, clients that you let in, and your API keys. What you
        do not know, revoke: it ends within seconds.
      </p>
      <div data-testid="credentials">
        <ConnectedClients />
        {credentials.isPending && <Loading what="your credentials" lines={5} />}
        {credentials.isError && <ErrorNote error={credentials.error} onRetry={() => void credentials.refetch()} />}
        {credentials.isSuccess && (
          <>
            <Section
              title="API keys"
              all={all.filter(({ kind }) => kind === 'api_key')}
              empty={
                <>
                  You have none. <Link to="/settings/keys">Make one</Link> for a program that cannot sign in.
                </>
              }
            />
            <Section title="Sign-ins" all={all.filter((one) => !isProgram(one))} />
          </>
        )}
      </div>
      {all.length > 0 && <RevokeOthers all={all} />}
    </SettingsPage>
  );
}

const AT_ONCE = 10;

function Section({ title, all, empty }: { title: string; all: Credential[]; empty?: ReactNode }) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? all : all.slice(0, AT_ONCE);
  return (
    <section className="section" aria-label={title}>
      <h2>{title}</h2>
      {all.length === 0 && <p className="empty">{empty}</p>}
      <ul className="entries">
        {shown.map((one) => (
          <CredentialEntry key={one.id} credential={one} />
        ))}
      </ul>
      {shown.length < all.length && (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          Show all {all.length}
        </button>
      )}
    </section>
  );
}

/** Programs, that act without a browser. */
const isProgram = ({ kind }: Credential) => kind === 'api_key' || kind === 'oauth_client';

function RevokeOthers({ all }: { all: Credential[] }) {
  const [keys, setKeys] = useState(false);
  const others = all.filter((one) => !one.current && (keys || !isProgram(one))).length;
  const hasKeys = all.some(isProgram);
  const revoking = useMutation({
    mutationFn: () =>
      call<{ revoked: number }>('POST', '/user/credentials/revoke-all', {
        body: { include_current: false, include_keys: keys },
      }),
    onSuccess: credentialsChanged,
  });
  return (
    <section className="section" aria-labelledby="everywhere">
      <h2 id="everywhere">Everywhere else</h2>
      {hasKeys && (
        <label className="check">
          <input type="checkbox" checked={keys} onChange={(event) => setKeys(event.target.checked)} />
          My API keys and connected clients, too
        </label>
      )}
      <div className="row">
        {others === 0 ? (
          <span className="dim">You are signed in here only.</span>
        ) : (
          <Confirm
            label="Sign out everywhere else"
            question={`${plural(others, 'credential')} will end.`}
            sure="End them"
            busy={revoking.isPending}
            run={() => revoking.mutate()}
          />
        )}
        <span role="status">{revoking.isSuccess && `${plural(revoking.data.revoked, 'credential')} ended.`}</span>
      </div>
      <p className="dim">
        Afterwards, <Link to="/settings/password">change your password</Link> if somebody else may know it.
      </p>
      {revoking.isError && <ErrorNote error={revoking.error} />}
    </section>
  );
}
