import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { membersQuery, serverAccessQuery, useMay } from '../api/identity-queries.js';
import type { AccessLevel, ServerAccess as Access, ServerGrant } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import type { McpServer } from '../api/types.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { LEVEL_WORDS, LEVELS, mayOn } from './access-words.js';

type Change = { access: Access['access'] } | { grants: { user_id: string; level: AccessLevel }[] };

/** Who in the organization may see, use and manage a server. */
export function ServerAccess({ server }: { server: McpServer }) {
  const access = useQuery(serverAccessQuery(server.id));
  const changing = useMutation({
    mutationFn: (change: Change) => call('PUT', `/servers/${server.id}/access`, { body: change }),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: serverAccessQuery(server.id).queryKey });
      void queryClient.invalidateQueries({ queryKey: ['servers'] });
    },
  });
  if (access.isPending) return <Loading what="who has access" />;
  if (access.isError) return <ErrorNote error={access.error} onRetry={() => void access.refetch()} />;
  const manages = mayOn(server, 'manage');
  return (
    <>
      <Mode access={access.data} manages={manages} onChange={(mode) => changing.mutate({ access: mode })} />
      <Grants access={access.data} manages={manages} onChange={(grants) => changing.mutate({ grants })} />
      {changing.isError && <ErrorNote error={changing.error} />}
    </>
  );
}

const MODES = [
  ['organization', 'everybody in the organization: developers use it, viewers see it'],
  ['restricted', 'only the people below, who added it, and admins'],
] as const;

function Mode({
  access: { access },
  manages,
  onChange,
}: {
  access: Access;
  manages: boolean;
  onChange: (mode: Access['access']) => void;
}) {
  return (
    <fieldset className="choice" disabled={!manages}>
      <legend className="field-label">It is for</legend>
      {MODES.map(([mode, words]) => (
        <label key={mode} className="check">
          <input type="radio" name="access" checked={access === mode} onChange={() => onChange(mode)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

interface GrantsProps {
  access: Access;
  manages: boolean;
  onChange: (grants: { user_id: string; level: AccessLevel }[]) => void;
}

function Grants({ access: { grants }, manages, onChange }: GrantsProps) {
  const keep = grants.map(({ user_id, level }) => ({ user_id, level }));
  const without = (userId: string) => keep.filter(({ user_id }) => user_id !== userId);
  return (
    <section className="section" aria-labelledby="grants">
      <h2 id="grants">{manages ? 'People with a level of their own' : 'Your own level'}</h2>
      {grants.length === 0 && (
        <p className="empty">{manages ? 'Nobody has one.' : 'You have none: what is said above counts for you.'}</p>
      )}
      <ul className="entries" data-testid="grants">
        {grants.map((grant) => (
          <Entry
            key={grant.user_id}
            grant={grant}
            manages={manages}
            onLevel={(level) => onChange([...without(grant.user_id), { user_id: grant.user_id, level }])}
            onRemove={() => onChange(without(grant.user_id))}
          />
        ))}
      </ul>
      {manages && (
        <AddGrant grants={grants} onAdd={(user_id, level) => onChange([...without(user_id), { user_id, level }])} />
      )}
    </section>
  );
}

interface EntryProps {
  grant: ServerGrant;
  manages: boolean;
  onLevel: (level: AccessLevel) => void;
  onRemove: () => void;
}

function Entry({ grant: { username, email, role, level }, manages, onLevel, onRemove }: EntryProps) {
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <strong>{username}</strong> <span className="tag">{role}</span>
        </p>
        <p className="entry-meta mono">{email}</p>
        {role === 'viewer' && level !== 'see' && <p className="entry-meta dim">A viewer sees, whatever the level.</p>}
      </div>
      <div className="entry-actions">
        {manages ? (
          <>
            <LevelSelect name={`Level of ${username}`} value={level} onChange={onLevel} />
            <button type="button" className="button" aria-label={`Remove the level of ${username}`} onClick={onRemove}>
              Remove
            </button>
          </>
        ) : (
          <span className="mono">{level}</span>
        )}
      </div>
    </li>
  );
}

function LevelSelect(props: { name: string; value: AccessLevel; onChange: (level: AccessLevel) => void }) {
  return (
    <select
      className="input role-select"
      aria-label={props.name}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value as AccessLevel)}
    >
      {LEVELS.map((level) => (
        <option key={level} value={level}>
          {LEVEL_WORDS[level]}
        </option>
      ))}
    </select>
  );
}

function AddGrant({ grants, onAdd }: { grants: ServerGrant[]; onAdd: (userId: string, level: AccessLevel) => void }) {
  const mayList = useMay('members.read');
  const members = useInfiniteQuery({ ...membersQuery, enabled: mayList });
  const [userId, setUserId] = useState('');
  const [level, setLevel] = useState<AccessLevel>('use');
  if (!mayList) return <p className="dim">An admin can add people here.</p>;
  const taken = new Set(grants.map(({ user_id }) => user_id));
  const others = (members.data?.pages.flatMap((page) => page.members) ?? []).filter(
    ({ user_id, role }) => !taken.has(user_id) && (role === 'developer' || role === 'viewer'),
  );
  if (members.isSuccess && others.length === 0) {
    return <p className="dim">There is nobody to add: owners and admins manage every server.</p>;
  }
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd(userId, level);
        setUserId('');
      }}
    >
      <select className="input" aria-label="Person" value={userId} onChange={(event) => setUserId(event.target.value)}>
        <option value="">choose a person</option>
        {others.map(({ user_id, username, email }) => (
          <option key={user_id} value={user_id}>
            {username} · {email}
          </option>
        ))}
      </select>
      <LevelSelect name="Level" value={level} onChange={setLevel} />
      <button type="submit" className="button" disabled={userId === ''}>
        Add
      </button>
      {members.hasNextPage && (
        <button type="button" className="button" onClick={() => void members.fetchNextPage()}>
          More people
        </button>
      )}
    </form>
  );
}
