import { useState } from 'react';
import { currentPlan, pendingNodes, riskGroup, type RiskGroup } from '../../session/plan-rules.js';
import { Dialog } from '../../ui/dialog.js';
import { useConnected, useLive, useLiveSession } from '../live-context.js';

const GROUPS: readonly RiskGroup[] = ['read-only', 'writes', 'destructive'];

/** Everything that waits, by risk. What destroys is never ticked for the person. */
export function ApproveAllSheet({ onClose }: { onClose: () => void }) {
  const live = useLiveSession();
  const connected = useConnected();
  const plan = useLive((state) => currentPlan(state.session));
  const nodes = pendingNodes(plan).filter((node) => node.allowed_decisions.includes('approve'));
  const [changed, setChanged] = useState<Record<string, boolean>>({});
  const [remember, setRemember] = useState(false);
  const ticked = nodes.filter((node) => changed[node.id] ?? riskGroup(node) !== 'destructive');

  const approve = () => {
    if (remember) for (const node of ticked) live.decide('approve_task', node.id, { remember: 'tool_in_session' });
    else live.approveAll(ticked.map((node) => node.id));
    onClose();
  };

  return (
    <Dialog
      title="Approve all"
      onClose={onClose}
      wide
      testId="approve-all"
      actions={
        <>
          {!connected && <span className="dim">Approvals need a connection.</span>}
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            className="button button-primary"
            autoFocus
            disabled={!connected || ticked.length === 0}
            onClick={approve}
          >
            Approve {ticked.length} of {nodes.length}
          </button>
        </>
      }
    >
      {nodes.length === 0 && <p>Nothing waits for you any more.</p>}
      {GROUPS.map((group) => {
        const members = nodes.filter((node) => riskGroup(node) === group);
        if (members.length === 0) return null;
        return (
          <fieldset key={group} className="group">
            <legend className="label">{group}</legend>
            {members.map((node) => (
              <label key={node.id} className="approve-row">
                <input
                  type="checkbox"
                  checked={ticked.includes(node)}
                  onChange={(event) => setChanged({ ...changed, [node.id]: event.target.checked })}
                />
                <span>
                  {node.title} <span className="dim">{node.tool}</span>
                  <code className="one-line">{JSON.stringify(node.arguments)}</code>
                </span>
              </label>
            ))}
          </fieldset>
        );
      })}
      <label className="check">
        <input type="checkbox" checked={remember} onChange={(event) => setRemember(event.target.checked)} />
        and remember these tools for this session
      </label>
    </Dialog>
  );
}
