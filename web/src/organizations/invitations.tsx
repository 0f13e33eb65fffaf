import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { invitationsQuery, useMay } from '../api/identity-queries.js';
import type { Invitation, Role } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { Field, fieldsOf, isToldAt, TextField } from '../ui/field.js';
import { Moment } from '../ui/moment.js';
import { rolesGivenBy } from './role-words.js';

const refresh = () => queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey });

/** Who was asked to come, and asking more. */
export function Invitations({ own }: { own: Role }) {
  const invitations = useQuery(invitationsQuery);
  const manages = useMay('members.manage');
  return (
    <section className="section" aria-labelledby="invitations">
      <h2 id="invitations">Invitations</h2>
      {manages && <InviteForm own={own} />}
      {invitations.isPending && <Loading what="invitations" />}
      {invitations.isError && <ErrorNote error={invitations.error} onRetry={() => void invitations.refetch()} />}
      {invitations.data?.length === 0 && <p className="empty">Nobody is invited at the moment.</p>}
      {invitations.data && invitations.data.length > 0 && (
        <ul className="entries" data-testid="invitations">
          {invitations.data.map((one) => (
            <Entry key={one.id} invitation={one} manages={manages} />
          ))}
        </ul>
      )}
    </section>
  );
}

function InviteForm({ own }: { own: Role }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('developer');
  const inviting = useMutation({
    mutationFn: () => call<Invitation>('POST', '/organization/invitations', { body: { email: email.trim(), role } }),
    onSuccess: async () => {
      setEmail('');
      await refresh();
    },
  });
  const fields = fieldsOf(inviting.error);
  return (
    <>
      <form
        className="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          inviting.mutate();
        }}
      >
        <TextField
          label="Email"
          name="email"
          type="email"
          required
          autoComplete="off"
          value={email}
          onChange={setEmail}
          error={fields.email}
        />
        <Field label="Role" error={fields.role}>
          <select className="input role-select" value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {rolesGivenBy(own).map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </Field>
        <button type="submit" className="button button-primary" disabled={inviting.isPending || email.trim() === ''}>
          {inviting.isPending ? 'Inviting…' : 'Invite'}
        </button>
      </form>
      <p role="status">{inviting.isSuccess && `An invitation is on its way to ${inviting.data.email}.`}</p>
      {inviting.isError && !isToldAt(inviting.error, ['email', 'role']) && <ErrorNote error={inviting.error} />}
    </>
  );
}

function Entry({ invitation, manages }: { invitation: Invitation; manages: boolean }) {
  const { id, email, role, invited_by, created_at, expires_at, expired } = invitation;
  const resending = useMutation({
    mutationFn: () => call('POST', `/organization/invitations/${id}/resend`),
    onSuccess: refresh,
  });
  const revoking = useMutation({
    mutationFn: () => call('DELETE', `/organization/invitations/${id}`),
    onSuccess: refresh,
  });
  const failure = resending.error ?? revoking.error;
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <strong className="mono">{email}</strong> <span className="tag">{role}</span>{' '}
          {expired && <span className="tag tag-err">expired</span>}
        </p>
        <p className="entry-meta dim">
          <span>
            invited <Moment at={created_at} exact={false} />
            {invited_by !== null && ` by ${invited_by}`}
          </span>
          <span>until {expires_at.slice(0, 10)}</span>
          <span role="status">{resending.isSuccess && 'sent again'}</span>
        </p>
        {failure && <ErrorNote error={failure} />}
      </div>
      {manages && (
        <div className="entry-actions">
          <button
            type="button"
            className="button"
            aria-label={`Send again to ${email}`}
            disabled={resending.isPending}
            onClick={() => resending.mutate()}
          >
            Send again
          </button>
          <Confirm
            label="Revoke"
            about={`the invitation of ${email}`}
            question="Its link ends."
            sure="Revoke"
            busy={revoking.isPending}
            run={() => revoking.mutate()}
          />
        </div>
      )}
    </li>
  );
}
