import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { organizationsQuery } from '../api/identity-queries.js';
import type { OrganizationRow } from '../api/identity-types.js';
import { queryClient } from '../api/queries.js';
import { useCommandContext } from '../app/active.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNote } from '../ui/feedback.js';
import { fieldsOf, isToldAt, TextField } from '../ui/field.js';
import { switchTo } from './switch.js';

const FORM = 'new-organization';

export function NewOrganization({ onClose }: { onClose: () => void }) {
  const { go } = useCommandContext();
  const [name, setName] = useState('');
  const making = useMutation({
    mutationFn: async () => {
      const made = await call<OrganizationRow>('POST', '/organizations', { body: { name: name.trim() } });
      void queryClient.invalidateQueries({ queryKey: organizationsQuery.queryKey });
      await switchTo(made.id);
    },
    onSuccess: () => {
      onClose();
      go('/settings/organization');
    },
  });
  return (
    <Dialog
      title="New organization"
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            form={FORM}
            className="button button-primary"
            disabled={making.isPending || name.trim() === ''}
          >
            {making.isPending ? 'Making…' : 'Make it'}
          </button>
        </>
      }
    >
      <form
        id={FORM}
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <TextField
          label="Name"
          name="organization"
          required
          maxLength={100}
          autoComplete="organization"
          value={name}
          onChange={setName}
          error={fieldsOf(making.error).name}
          hint="You will be its owner. Servers, members, plan and usage are its own."
        />
      </form>
      {making.isError && !isToldAt(making.error, ['name']) && <ErrorNote error={making.error} />}
    </Dialog>
  );
}
