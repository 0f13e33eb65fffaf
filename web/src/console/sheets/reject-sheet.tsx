import { useState } from 'react';
import { currentPlan, dependants } from '../../session/plan-rules.js';
import { Dialog } from '../../ui/dialog.js';
import { plural } from '../../ui/format.js';
import { useConnected, useLive, useLiveSession } from '../live-context.js';

/** A reason for the agent, if there is one, and what else will not run. */
export function RejectSheet({ ids, onClose }: { ids: string[]; onClose: () => void }) {
  const live = useLiveSession();
  const connected = useConnected();
  const nodes = useLive((state) => currentPlan(state.session))?.nodes ?? [];
  const [reason, setReason] = useState('');
  const rejected = nodes.filter((node) => ids.includes(node.id));
  const skipped = nodes.filter(
    (node) => !ids.includes(node.id) && ids.some((id) => dependants(nodes, id).some((one) => one.id === node.id)),
  );
  const reject = () => {
    for (const id of ids) live.decide('reject_task', id, reason.trim() === '' ? {} : { reason: reason.trim() });
    onClose();
  };
  return (
    <Dialog
      title={rejected.length === 1 ? `Reject ${rejected[0]?.title ?? ''}` : `Reject ${plural(rejected.length, 'task')}`}
      onClose={onClose}
      testId="reject"
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="button button-danger-fill" disabled={!connected} onClick={reject}>
            Reject{rejected.length > 1 ? ` ${rejected.length}` : ''}
          </button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (connected) reject();
        }}
      >
        {rejected.length > 1 && <p>{rejected.map((node) => node.title).join(', ')}</p>}
        <label className="field">
          <span className="field-label">Reason, for the agent (optional)</span>
          <input
            className="input"
            autoFocus
            maxLength={2_000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        {skipped.length > 0 && (
          <p>
            {plural(skipped.length, 'task')} that {skipped.length === 1 ? 'depends' : 'depend'} on this will be skipped:{' '}
            {skipped.map((node) => node.title).join(', ')}. Independent branches go on.
          </p>
        )}
      </form>
    </Dialog>
  );
}
