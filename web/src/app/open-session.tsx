import { useMutation } from '@tanstack/react-query';
import { ErrorNote } from '../ui/feedback.js';
import { useCommandContext } from './active.js';
import { openSession } from './commands.js';
import { compose } from './ui-state.js';

interface Wanted {
  serverId: string;
  /** Put into the composer, not sent. */
  prompt?: string;
}

/** Opening a session from a page: one at a time, and `failure` is what the page shows when it did not work. */
export function useOpenSession() {
  const { go } = useCommandContext();
  const opening = useMutation({
    mutationFn: async ({ serverId, prompt }: Wanted) => {
      await openSession(go, serverId);
      if (prompt !== undefined) compose(prompt);
    },
  });
  const { variables } = opening;
  return {
    open: (wanted: Wanted) => {
      if (!opening.isPending) opening.mutate(wanted);
    },
    failure: opening.isError && (
      <ErrorNote
        title="No session was opened"
        error={opening.error}
        onRetry={variables && (() => opening.mutate(variables))}
      />
    ),
  };
}
