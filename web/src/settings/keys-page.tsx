import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { accountQuery, keysQuery } from '../api/identity-queries.js';
import type { ApiKey, NewApiKey } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { useNow } from '../ui/hooks.js';
import { Moment } from '../ui/moment.js';
import { CreateKey } from './create-key.js';
import { keyState, limitWords } from './key-words.js';
import { RotateKey } from './rotate-key.js';
import { SettingsPage } from './settings-page.js';
import { ShowKey } from './show-key.js';

type Open =
  { dialog: 'none' } | { dialog: 'create' } | { dialog: 'rotate'; key: ApiKey } | { dialog: 'show'; made: NewApiKey };

export function KeysPage() {
  const keys = useQuery(keysQuery);
  const [open, setOpen] = useState<Open>({ dialog: 'none' });
  const close = () => setOpen({ dialog: 'none' });
  const show = (made: NewApiKey) => {
    void queryClient.invalidateQueries({ queryKey: keysQuery.queryKey });
    setOpen({ dialog: 'show', made });
  };
  return (
    <SettingsPage path="keys">
      <div className="section-head">
        <p className="dim">
          For programs that act as you. A key can never do more than you can, and is shown once, when it is made.
        </p>
        <button type="button" className="button button-primary" onClick={() => setOpen({ dialog: 'create' })}>
          New key
        </button>
      </div>
      {keys.isPending && <Loading what="your keys" />}
      {keys.isError && <ErrorNote error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.data?.length === 0 && (
        <p className="empty">No keys yet. Make one to call the API from a script, an agent or a CI job.</p>
      )}
      {keys.data && keys.data.length > 0 && (
        <ul className="entries" data-testid="keys">
          {keys.data.map((key) => (
            <Entry key={key.id} apiKey={key} onRotate={() => setOpen({ dialog: 'rotate', key })} />
          ))}
        </ul>
      )}
      {open.dialog === 'create' && <CreateKey onClose={close} onMade={show} />}
      {open.dialog === 'rotate' && <RotateKey apiKey={open.key} onClose={close} onMade={show} />}
      {open.dialog === 'show' && <ShowKey made={open.made} onClose={close} />}
    </SettingsPage>
  );
}

function Entry({ apiKey, onRotate }: { apiKey: ApiKey; onRotate: () => void }) {
  const now = useNow(30_000);
  const own = useQuery(accountQuery).data?.organization.id;
  const { id, name, hint, scopes, tools, created_at, expires_at, last_used_at, last_used_ip, organization } = apiKey;
  const state = keyState(apiKey, now);
  const revoking = useMutation({
    mutationFn: () => call('DELETE', `/user/api-keys/${id}`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keysQuery.queryKey }),
  });
  return (
    <li className="entry" data-state={state}>
      <div className="entry-text">
        <p>
          <strong>{name}</strong> <span className="mono dim">…{hint}</span>{' '}
          {state === 'expired' && <span className="tag tag-err">expired</span>}
        </p>
        <p className="entry-meta">
          <span className="mono">{scopes.join(' ')}</span>
          {tools != null && <span>{limitWords(tools)}</span>}
          {organization.id !== own && <span>in {organization.name}</span>}
          <span>
            {last_used_at === null ? (
              'never used'
            ) : (
              <>
                used <Moment at={last_used_at} />
                {last_used_ip !== null && <span className="mono"> from {last_used_ip}</span>}
              </>
            )}
          </span>
        </p>
        <p className="entry-meta dim">
          <span>
            made <Moment at={created_at} exact={false} />
          </span>
          <span>{expires_at === null ? 'never expires' : `until ${expires_at.slice(0, 10)}`}</span>
          <span className="mono">{id}</span>
        </p>
        {revoking.isError && <ErrorNote error={revoking.error} />}
      </div>
      <div className="entry-actions">
        {state !== 'expired' && (
          <button type="button" className="button" aria-label={`Rotate ${name}`} onClick={onRotate}>
            Rotate
          </button>
        )}
        <Confirm
          label="Revoke"
          about={name}
          question="Programs with it stop."
          sure="Revoke"
          busy={revoking.isPending}
          run={() => revoking.mutate()}
        />
      </div>
    </li>
  );
}
