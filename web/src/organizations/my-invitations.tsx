import { useMutation, useQuery } from '@tanstack/react-query';
import { call } from '../api/http.js';
import { myInvitationsQuery, organizationsQuery } from '../api/identity-queries.js';
import type { MyInvitation } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { aRole } from '../settings/pages.js';
import { ErrorNote } from '../ui/feedback.js';
import { switchTo } from './switch.js';

/** Invitations to one's own address, where one looks first. */
export function MyInvitations() {
  const invitations = useQuery(myInvitationsQuery).data ?? [];
  return invitations.map((one) => <Offer key={one.id} invitation={one} />);
}

function Offer({ invitation: { id, organization, role, invited_by } }: { invitation: MyInvitation }) {
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: organizationsQuery.queryKey });
    return queryClient.invalidateQueries({ queryKey: myInvitationsQuery.queryKey });
  };
  const accepting = useMutation({
    mutationFn: async () => {
      await call('POST', `/invitations/${id}/accept`);
      await switchTo(organization.id);
    },
    onSettled: refresh,
  });
  const declining = useMutation({
    mutationFn: () => call('POST', `/invitations/${id}/decline`),
    onSettled: refresh,
  });
  const busy = accepting.isPending || declining.isPending;
  const failure = accepting.error ?? declining.error;
  return (
    <section className="note note-you" aria-label={`Invitation to ${organization.name}`}>
      <p>
        {invited_by === null ? 'You are invited' : `${invited_by} invites you`} to <strong>{organization.name}</strong>,
        as {aRole(role)}.
      </p>
      <div className="row">
        <button type="button" className="button" disabled={busy} onClick={() => accepting.mutate()}>
          Accept
        </button>
        <button type="button" className="button" disabled={busy} onClick={() => declining.mutate()}>
          Decline
        </button>
      </div>
      {failure && <ErrorNote error={failure} />}
    </section>
  );
}
