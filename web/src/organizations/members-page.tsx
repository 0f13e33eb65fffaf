import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { call } from '../api/http.js';
import { accountQuery, membersQuery, useMay } from '../api/identity-queries.js';
import type { Account, Member, Role } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { SettingsPage } from '../settings/settings-page.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Moment } from '../ui/moment.js';
import { Invitations } from './invitations.js';
import { mayManage, ROLE_WORDS, ROLES, rolesGivenBy } from './role-words.js';

export function MembersPage() {
  const account = useQuery(accountQuery).data;
  return (
    <SettingsPage path="members">
      {account && (
        <>
          <Members account={account} />
          <Invitations own={account.role} />
        </>
      )}
      <section className="section" aria-labelledby="roles">
        <h2 id="roles">Roles</h2>
        <dl className="pairs">
          {ROLES.map((role) => (
            <div key={role}>
              <dt className="mono">{role}</dt>
              <dd className="dim">{ROLE_WORDS[role]}</dd>
            </div>
          ))}
        </dl>
      </section>
    </SettingsPage>
  );
}

function Members({ account }: { account: Account }) {
  const members = useInfiniteQuery(membersQuery);
  const rows = members.data?.pages.flatMap((page) => page.members) ?? [];
  return (
    <>
      {members.isPending && <Loading what="members" />}
      {members.isError && <ErrorNote error={members.error} onRetry={() => void members.refetch()} />}
      {rows.length > 0 && (
        <ul className="entries" data-testid="members">
          {rows.map((member) => (
            <Entry key={member.user_id} member={member} account={account} />
          ))}
        </ul>
      )}
      {members.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={members.isFetchingNextPage}
          onClick={() => void members.fetchNextPage()}
        >
          More members
        </button>
      )}
    </>
  );
}

const fullName = ({ first_name, last_name }: Member) => [first_name, last_name].filter(Boolean).join(' ');

function Entry({ member, account }: { member: Member; account: Account }) {
  const { user_id, username, email, role, created_at, last_login_at } = member;
  const manages = useMay('members.manage') && mayManage(account.role, account.user.id, member);
  const refresh = () => queryClient.invalidateQueries({ queryKey: membersQuery.queryKey });
  const changing = useMutation({
    mutationFn: (to: Role) => call('PATCH', `/organization/members/${user_id}`, { body: { role: to } }),
    onSettled: refresh,
  });
  const removing = useMutation({
    mutationFn: () => call('DELETE', `/organization/members/${user_id}`),
    onSuccess: refresh,
  });
  const failure = changing.error ?? removing.error;
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <strong>{fullName(member) || username}</strong>{' '}
          {user_id === account.user.id && <span className="tag tag-ok">you</span>}
        </p>
        <p className="entry-meta">
          <span className="mono">{email}</span>
          {fullName(member) !== '' && <span className="mono dim">{username}</span>}
        </p>
        <p className="entry-meta dim">
          <span>
            here since <Moment at={created_at} exact={false} />
          </span>
          <span>
            {last_login_at === null ? (
              'not signed in yet'
            ) : (
              <>
                signed in <Moment at={last_login_at} exact={false} />
              </>
            )}
          </span>
        </p>
        {failure && <ErrorNote error={failure} />}
      </div>
      <div className="entry-actions">
        {manages ? (
          <>
            <select
              className="input role-select"
              aria-label={`Role of ${username}`}
              value={changing.isPending ? changing.variables : role}
              disabled={changing.isPending}
              onChange={(event) => changing.mutate(event.target.value as Role)}
            >
              {rolesGivenBy(account.role).map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
            <Confirm
              label="Remove"
              about={username}
              question="They are out at once."
              sure="Remove"
              busy={removing.isPending}
              run={() => removing.mutate()}
            />
          </>
        ) : (
          <span className="mono">{role}</span>
        )}
      </div>
    </li>
  );
}
