import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { accountQuery } from '../api/identity-queries.js';
import type { Account } from '../api/identity-types.js';
import { profileQuery, queryClient } from '../api/queries.js';
import type { User } from '../api/types.js';
import { type Fact, Facts } from '../ui/facts.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { fieldsOf, isToldAt, TextField } from '../ui/field.js';
import { moment } from '../ui/format.js';
import { ApprovalMails } from './approval-mails.js';
import { SettingsPage } from './settings-page.js';

export function ProfilePage() {
  const account = useQuery(accountQuery);
  return (
    <SettingsPage path="profile">
      {account.isPending && <Loading what="your profile" lines={5} />}
      {account.isError && <ErrorNote error={account.error} onRetry={() => void account.refetch()} />}
      {account.data && <Profile account={account.data} />}
    </SettingsPage>
  );
}

function Profile({ account }: { account: Account }) {
  const { user, organization, role } = account;
  const facts: Fact[] = [
    ['Email', user.email],
    ['Member since', moment(user.created_at).slice(0, 10)],
    ['Role', `${role} of ${organization.name}`],
    ['User id', user.id],
  ];
  return (
    <>
      {account.instance_administrator && (
        <p>
          <span className="tag">administrator of this instance</span>
        </p>
      )}
      <Facts facts={facts} />
      <ProfileForm key={user.updated_at} account={account} />
      <ApprovalMails />
    </>
  );
}

const FIELDS = ['username', 'first_name', 'last_name'] as const;
type Draft = Record<(typeof FIELDS)[number], string>;
const LABELS = { username: 'Username', first_name: 'First name', last_name: 'Last name' } as const;
const AUTOCOMPLETE = { username: 'username', first_name: 'given-name', last_name: 'family-name' } as const;

const draftOf = ({ user, first_name, last_name }: Account): Draft => ({
  username: user.username,
  first_name: first_name ?? '',
  last_name: last_name ?? '',
});

function ProfileForm({ account }: { account: Account }) {
  const saved = draftOf(account);
  const [draft, setDraft] = useState(saved);
  const changed = FIELDS.filter((name) => draft[name].trim() !== saved[name]);
  const saving = useMutation({
    mutationFn: () => {
      const body = Object.fromEntries(changed.map((name) => [name, draft[name].trim()]));
      return call<User>('PUT', '/user/profile', { body });
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: profileQuery.queryKey });
      await queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
    },
  });
  const fields = fieldsOf(saving.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <div className="field-row">
        {FIELDS.map((name) => (
          <TextField
            key={name}
            label={LABELS[name]}
            name={name}
            required={name === 'username'}
            maxLength={name === 'username' ? 64 : 100}
            autoComplete={AUTOCOMPLETE[name]}
            value={draft[name]}
            onChange={(value) => setDraft({ ...draft, [name]: value })}
            error={fields[name]}
          />
        ))}
      </div>
      <div className="row">
        <button
          type="submit"
          className="button button-primary"
          disabled={saving.isPending || changed.length === 0 || draft.username.trim() === ''}
        >
          {saving.isPending ? 'Saving…' : 'Save'}
        </button>
      </div>
      {saving.isError && !isToldAt(saving.error, FIELDS) && <ErrorNote error={saving.error} />}
    </form>
  );
}
