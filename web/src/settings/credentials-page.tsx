import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/http.js';
import { accountQuery, credentialsQuery } from '../api/identity-queries.js';
import type { Credential } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { useCommandContext } from '../app/active.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { plural } from '../ui/format.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { deviceWords } from './device.js';
import { SettingsPage } from './settings-page.js';

const refresh = () => {
  void queryClient.invalidateQueries({ queryKey: credentialsQuery.queryKey });
  void queryClient.invalidateQueries({ queryKey: ['keys'] });
};

export function CredentialsPage() {
  const credentials = useQuery(credentialsQuery);
  const all = credentials.data ?? [];
  return (
    <SettingsPage path="credentials">
      <p className="dim">
        All that acts as you: browsers and programs that signed in, clients that you let in, and your API keys. What you
        do not know, revoke: it ends within seconds.
      </p>
      {credentials.isPending && <Loading what="your credentials" lines={5} />}
      {credentials.isError && <ErrorNote error={credentials.error} onRetry={() => void credentials.refetch()} />}
      {all.length > 0 && (
        <ul className="entries" data-testid="credentials">
          {all.map((one) => (
            <Entry key={one.id} credential={one} />
          ))}
        </ul>
      )}
      {all.length > 0 && <RevokeOthers all={all} />}
    </SettingsPage>
  );
}

const KIND_WORDS = {
  token_family: 'sign-in',
  cookie_session: 'sign-in, by cookie',
  api_key: 'API key',
  oauth_client: 'connected client',
} as const;
/** Programs, that act without a browser. */
const isProgram = (kind: Credential['kind']) => kind === 'api_key' || kind === 'oauth_client';

function Entry({ credential }: { credential: Credential }) {
  const { id, kind, name, current, user_agent, ip, last_ip, created_at, last_used_at, expires_at } = credential;
  const { signOut } = useCommandContext();
  const own = useQuery(accountQuery).data?.organization.id;
  const revoking = useMutation({
    mutationFn: () => call('DELETE', `/user/credentials/${id}`),
    onSuccess: refresh,
  });
  const title = name === null ? (kind === 'api_key' ? 'API key' : deviceWords(user_agent)) : visible(name);
  const address = last_ip ?? ip;
  return (
    <li className="entry" data-kind={kind} data-current={current}>
      <div className="entry-text">
        <p>
          <strong>{title}</strong> <span className="tag">{KIND_WORDS[kind] ?? kind}</span>{' '}
          {current && <span className="tag tag-ok">this browser</span>}
        </p>
        <p className="entry-meta">
          <span>
            {last_used_at === null ? (
              'never used'
            ) : (
              <>
                used <Moment at={last_used_at} />
              </>
            )}
          </span>
          {address !== null && <span className="mono">{address}</span>}
          {credential.organization.id !== own && <span>in {credential.organization.name}</span>}
          {credential.scopes !== null && isProgram(kind) && <span className="mono">{credential.scopes.join(' ')}</span>}
        </p>
        <p className="entry-meta dim">
          <span>
            since <Moment at={created_at} />
            {address !== ip && ip !== null && <span className="mono"> from {ip}</span>}
          </span>
          {expires_at !== null && kind === 'api_key' && <span>until {expires_at.slice(0, 10)}</span>}
        </p>
        {revoking.isError && <ErrorNote error={revoking.error} />}
      </div>
      <div className="entry-actions">
        {current ? (
          <button type="button" className="button" onClick={signOut}>
            Sign out
          </button>
        ) : (
          <Confirm
            label="Revoke"
            about={title}
            question={kind === 'api_key' ? 'Programs with it stop.' : 'It is out at once.'}
            sure="Revoke"
            busy={revoking.isPending}
            run={() => revoking.mutate()}
          />
        )}
      </div>
    </li>
  );
}

function RevokeOthers({ all }: { all: Credential[] }) {
  const [keys, setKeys] = useState(false);
  const others = all.filter(({ current, kind }) => !current && (keys || !isProgram(kind))).length;
  const hasKeys = all.some(({ kind }) => isProgram(kind));
  const revoking = useMutation({
    mutationFn: () =>
      call<{ revoked: number }>('POST', '/user/credentials/revoke-all', {
        body: { include_current: false, include_keys: keys },
      }),
    onSuccess: refresh,
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
