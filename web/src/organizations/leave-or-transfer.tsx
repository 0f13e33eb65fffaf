import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { membersQuery, useMay } from '../api/identity-queries.js';
import type { Organization } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { useCommandContext } from '../app/active.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNote } from '../ui/feedback.js';
import { Field, TextField } from '../ui/field.js';
import { leave } from './switch.js';

export function LeaveOrTransfer({ organization }: { organization: Organization }) {
  const mayTransfer = useMay('organization.transfer') && organization.role === 'owner';
  const [open, setOpen] = useState<'none' | 'leave' | 'transfer'>('none');
  const close = () => setOpen('none');
  return (
    <section className="section" aria-labelledby="end">
      <h2 id="end">{mayTransfer ? 'Leave or hand over' : 'Leave'}</h2>
      <p className="dim">
        Who leaves loses the organization's servers and their keys in it; what they made there stays.
        {organization.role === 'owner' && ' The last owner cannot leave: hand it over first.'}
      </p>
      <div className="row">
        {mayTransfer && (
          <button type="button" className="button button-danger" onClick={() => setOpen('transfer')}>
            Transfer ownership
          </button>
        )}
        <button type="button" className="button button-danger" onClick={() => setOpen('leave')}>
          Leave {organization.name}
        </button>
      </div>
      {open === 'leave' && <Leave organization={organization} onClose={close} />}
      {open === 'transfer' && <Transfer organization={organization} onClose={close} />}
    </section>
  );
}

/** The name typed, so that nobody does this by a slip. */
function TypedName({ name, value, onChange }: { name: string; value: string; onChange: (value: string) => void }) {
  return (
    <TextField
      label={`Type ${name} to go on`}
      name="typed"
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={onChange}
    />
  );
}

interface SheetProps {
  organization: Organization;
  onClose: () => void;
}

function Leave({ organization: { name }, onClose }: SheetProps) {
  const { go } = useCommandContext();
  const [typed, setTyped] = useState('');
  const leaving = useMutation({
    mutationFn: leave,
    onSuccess: () => {
      onClose();
      go('/');
    },
  });
  return (
    <Dialog
      title={`Leave ${name}`}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Stay
          </button>
          <button
            type="button"
            className="button button-danger-fill"
            disabled={typed !== name || leaving.isPending}
            onClick={() => leaving.mutate()}
          >
            Leave
          </button>
        </>
      }
    >
      <p>
        Your keys and grants in {name} end; your sign-ins go on in another organization of yours. To come back takes an
        invitation.
      </p>
      <TypedName name={name} value={typed} onChange={setTyped} />
      {leaving.isError && <ErrorNote error={leaving.error} />}
    </Dialog>
  );
}

function Transfer({ organization: { name }, onClose }: SheetProps) {
  const members = useInfiniteQuery(membersQuery);
  const others = (members.data?.pages.flatMap((page) => page.members) ?? []).filter(({ role }) => role !== 'owner');
  const [to, setTo] = useState('');
  const [typed, setTyped] = useState('');
  const transferring = useMutation({
    mutationFn: () => call('POST', '/organization/transfer', { body: { user_id: to } }),
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries();
    },
  });
  return (
    <Dialog
      title={`Transfer ${name}`}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Keep it
          </button>
          <button
            type="button"
            className="button button-danger-fill"
            disabled={typed !== name || to === '' || transferring.isPending}
            onClick={() => transferring.mutate()}
          >
            Transfer
          </button>
        </>
      }
    >
      <p>They become owner and you an admin. Only they can give it back.</p>
      {members.isSuccess && others.length === 0 && (
        <p className="empty">There is nobody to hand it to. Invite somebody first.</p>
      )}
      {members.isError && <ErrorNote error={members.error} />}
      {others.length > 0 && (
        <Field label="New owner">
          <select className="input" value={to} onChange={(event) => setTo(event.target.value)}>
            <option value="">choose</option>
            {others.map(({ user_id, username, email }) => (
              <option key={user_id} value={user_id}>
                {username} · {email}
              </option>
            ))}
          </select>
        </Field>
      )}
      {members.hasNextPage && (
        <button type="button" className="button" onClick={() => void members.fetchNextPage()}>
          More members
        </button>
      )}
      <TypedName name={name} value={typed} onChange={setTyped} />
      {transferring.isError && <ErrorNote error={transferring.error} />}
    </Dialog>
  );
}
