import type { ShownNode } from '../../session/state.js';
import { Dialog } from '../../ui/dialog.js';
import { useConnected, useLiveSession } from '../live-context.js';

/** The process died between the call and its answer; only a person can find out what became of it. */
export function ResolveSheet({ node, onClose }: { node: ShownNode; onClose: () => void }) {
  const live = useLiveSession();
  const connected = useConnected();
  const done = (act: () => void) => () => {
    act();
    onClose();
  };
  const may = (decision: 'resolve' | 'retry') => connected && node.allowed_decisions.includes(decision);
  return (
    <Dialog
      title={`What became of ${node.title}?`}
      onClose={onClose}
      testId="resolve"
      actions={
        <>
          <button
            type="button"
            className="button button-danger"
            disabled={!may('retry')}
            onClick={done(() => live.decide('retry_task', node.id))}
          >
            Retry knowingly
          </button>
          <button
            type="button"
            className="button"
            disabled={!may('resolve')}
            onClick={done(() => live.decide('resolve_task', node.id, { outcome: 'failed' }))}
          >
            Mark failed
          </button>
          <button
            type="button"
            className="button"
            disabled={!may('resolve')}
            onClick={done(() => live.decide('resolve_task', node.id, { outcome: 'succeeded' }))}
          >
            Mark done
          </button>
        </>
      }
    >
      <p>
        <strong>{node.tool}</strong> was called and the answer never came back here. It may have done its work, or not.
        Check with a read first: a retry can do it twice.
      </p>
      <h3 className="label">arguments</h3>
      <pre className="output">{JSON.stringify(node.arguments, null, 2)}</pre>
      {!connected && <p className="dim">Decisions need a connection.</p>}
    </Dialog>
  );
}
