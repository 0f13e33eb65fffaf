import { useMay } from '../../api/identity-queries.js';
import { commandById } from '../../app/commands.js';
import { useCommandContext } from '../../app/active.js';
import { keyLabel } from '../../app/keys.js';
import { perform } from '../../app/perform.js';
import { mayRerun } from '../../session/plan-rules.js';
import type { ShownNode } from '../../session/state.js';
import { useNow } from '../../ui/hooks.js';
import { useConnected, useLive } from '../live-context.js';
import { stateView } from '../node-state.js';

interface DecisionBarProps {
  node: ShownNode;
  nodes: ShownNode[];
  /** In a sheet: larger, and without the way to the sheet itself. */
  sheet?: boolean;
  onDecided?: () => void;
}

const SENDING = {
  approve: 'approving…',
  reject: 'rejecting…',
  edit: 'saving…',
  retry: 'retrying…',
  resolve: 'saving…',
  rerun: 'starting…',
};

/** What may be decided about one task now, as buttons that carry their keys. */
export function DecisionBar({ node, nodes, sheet, onDecided }: DecisionBarProps) {
  const context = useCommandContext();
  const connected = useConnected();
  const sending = useLive((state) => state.deciding[node.id]);
  const refused = useLive((state) => state.refused[node.id]);
  const now = useNow(1_000, node.status === 'running');
  const mayUse = useMay('sessions.use');
  const may = (decision: ShownNode['allowed_decisions'][number]) => mayUse && node.allowed_decisions.includes(decision);
  const run = (id: string) => {
    const command = commandById(id);
    if (command) void perform(command, context, node.id);
    onDecided?.();
  };
  const again = useLive((state) => mayRerun(state.session, node)) && mayUse;
  const disabled = !connected || sending !== undefined;

  if (sheet && !again && node.allowed_decisions.length === 0 && !sending && refused === undefined) return null;

  const action = (id: string, label: string, style = 'button') => {
    const key = commandById(id)?.keys?.names[0];
    return (
      <button type="button" className={style} disabled={disabled} onClick={() => run(id)}>
        {label} {!sheet && key !== undefined && <kbd>{keyLabel(key)}</kbd>}
      </button>
    );
  };

  return (
    <div className="decision" role="group" aria-label={`Decide on ${node.title}`} data-sheet={sheet === true}>
      {!sheet && (
        <p className="decision-what">
          <strong>{node.title}</strong> <span className="dim">{stateView(node, nodes, now).word.toLowerCase()}</span>
        </p>
      )}
      <div className="decision-buttons">
        {sending && <span role="status">{SENDING[sending.decision]}</span>}
        {!sending && may('approve') && action('approve', 'Approve', 'button button-primary')}
        {!sending && may('reject') && action('reject', 'Reject')}
        {!sending && may('edit') && action('edit', 'Edit')}
        {!sending && may('approve') && action('approve-remember', 'Always here')}
        {!sending && may('resolve') && action('resolve', 'Say what happened', 'button button-primary')}
        {!sending && may('retry') && node.status !== 'outcome_unknown' && action('retry', 'Retry')}
        {!sending && again && action('rerun', 'Run again from here')}
        {!sheet && (
          <button type="button" className="button button-quiet" onClick={() => run('node-details')}>
            Details
          </button>
        )}
      </div>
      {!connected && (again || node.allowed_decisions.length > 0) && (
        <p className="dim">{again ? 'Running again needs' : 'Approvals need'} a connection.</p>
      )}
      {refused !== undefined && (
        <p className="form-error" role="alert">
          {refused}
        </p>
      )}
    </div>
  );
}
