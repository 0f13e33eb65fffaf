import { useState } from 'react';
import type { ShownNode } from '../../session/state.js';
import { Dialog } from '../../ui/dialog.js';
import { useConnected, useLiveSession } from '../live-context.js';

/** For a call that timed out: again, with more time. */
export function RetrySheet({ node, onClose }: { node: ShownNode; onClose: () => void }) {
  const live = useLiveSession();
  const connected = useConnected();
  const spent = Math.ceil((node.duration_ms ?? 30_000) / 1_000);
  const [seconds, setSeconds] = useState(String(Math.min(3_600, spent * 2)));
  const timeout = Number(seconds);
  const fits = timeout >= 1 && timeout <= 3_600;
  const retry = () => {
    if (!fits || !connected) return;
    live.decide('retry_task', node.id, { timeout });
    onClose();
  };
  return (
    <Dialog
      title={`Retry ${node.title}`}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="button button-primary" disabled={!fits || !connected} onClick={retry}>
            Retry
          </button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          retry();
        }}
      >
        <p>It was given up after {spent} s.</p>
        <label className="field">
          <span className="field-label">Timeout, seconds (1 to 3,600)</span>
          <input
            className="input mono"
            type="number"
            min={1}
            max={3_600}
            autoFocus
            value={seconds}
            onChange={(event) => setSeconds(event.target.value)}
          />
        </label>
      </form>
    </Dialog>
  );
}
