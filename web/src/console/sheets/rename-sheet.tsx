import { useState } from 'react';
import { call } from '../../api/http.js';
import { queryClient } from '../../api/queries.js';
import { Dialog } from '../../ui/dialog.js';
import { ErrorNote } from '../../ui/feedback.js';
import { useLive, useLiveSession } from '../live-context.js';

export function RenameSheet({ onClose }: { onClose: () => void }) {
  const live = useLiveSession();
  const now = useLive((state) => state.session.title);
  const [title, setTitle] = useState(now);
  const [failure, setFailure] = useState<unknown>();
  const save = async () => {
    try {
      await call('PATCH', `/sessions/${live.sessionId}`, { body: { title: title.trim() } });
      void queryClient.invalidateQueries({ queryKey: ['session', live.sessionId] });
      onClose();
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <Dialog title="Rename this session" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label className="field">
          <span className="field-label">Title</span>
          <input
            className="input"
            autoFocus
            required
            maxLength={200}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
        </label>
        <button type="submit" className="button button-primary" disabled={title.trim() === ''}>
          Rename
        </button>
        {failure !== undefined && <ErrorNote error={failure} />}
      </form>
    </Dialog>
  );
}
