import { useMutation, useQuery } from '@tanstack/react-query';
import { call } from '../api/http.js';
import { accountQuery, credentialsChanged } from '../api/identity-queries.js';
import type { Credential } from '../api/identity-types.js';
import { useCommandContext } from '../app/active.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote } from '../ui/feedback.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { deviceWords } from './device.js';

const KIND_WORDS = {
  token_family: 'sign-in',
  cookie_session: 'sign-in, by cookie',
  api_key: 'API key',
} as const satisfies Partial<Record<Credential['kind'], string>>;

/** A sign-in or a key. */
export function CredentialEntry({ credential }: { credential: Credential }) {
  const { id, kind, name, current, user_agent, ip, last_ip, created_at, last_used_at, expires_at } = credential;
  const { signOut } = useCommandContext();
  const own = useQuery(accountQuery).data?.organization.id;
  const revoking = useMutation({
    mutationFn: () => call('DELETE', `/user/credentials/${id}`),
    onSuccess: credentialsChanged,
  });
  const title = name === null ? (kind === 'api_key' ? 'API key' : deviceWords(user_agent)) : visible(name);
  const address = last_ip ?? ip;
  return (
    <li className="entry" data-kind={kind} data-current={current}>
      <div className="entry-text">
        <p>
          <strong>{title}</strong> <span className="tag">{kind === 'oauth_client' ? '' : KIND_WORDS[kind]}</span>{' '}
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
          {credential.organization.id !== own && <span>in {visible(credential.organization.name)}</span>}
          {credential.scopes !== null && kind === 'api_key' && (
            <span className="mono">{credential.scopes.join(' ')}</span>
          )}
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
