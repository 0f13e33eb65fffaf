import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { queryClient, sessionsQuery } from '../api/queries.js';
import type { McpServer } from '../api/types.js';
import { useCommandContext } from '../app/active.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNote } from '../ui/feedback.js';
import { plural } from '../ui/format.js';

/** The name has to be typed when sessions would lose their server. */
export function DeleteServer({ server, onClose }: { server: McpServer; onClose: () => void }) {
  const sessions = useInfiniteQuery(sessionsQuery(server.id));
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<unknown>();
  const { go } = useCommandContext();
  const count = sessions.data?.pages[0]?.sessions.length ?? 0;
  const sure = !sessions.isPending && (count === 0 || typed === server.name);

  const remove = async () => {
    setFailure(undefined);
    try {
      await call('DELETE', `/servers/${server.id}`);
      queryClient.removeQueries({ queryKey: ['servers', server.id] });
      void queryClient.invalidateQueries({ queryKey: ['servers'] });
      void queryClient.invalidateQueries({ queryKey: ['sessions'] });
      go('/servers');
    } catch (error) {
      setFailure(error);
    }
  };

  return (
    <Dialog
      title={`Delete ${server.name}`}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Keep it
          </button>
          <button type="button" className="button button-danger-fill" disabled={!sure} onClick={() => void remove()}>
            Delete server
          </button>
        </>
      }
    >
      <p>The server and its stored credentials are removed. This cannot be undone.</p>
      {count > 0 && (
        <label className="field">
          <span className="field-label">
            {plural(count, 'session')} {count === 1 ? 'uses' : 'use'} it. Type{' '}
            <strong className="mono">{server.name}</strong> to go on.
          </span>
          <input className="input mono" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
      )}
      {failure !== undefined && <ErrorNote error={failure} />}
    </Dialog>
  );
}
