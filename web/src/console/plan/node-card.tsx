import type { ShownNode } from '../../session/state.js';
import { useNow } from '../../ui/hooks.js';
import { Icon } from '../../ui/icons.js';
import { stateView } from '../node-state.js';

/** What the server claims of its tool, and what happened to the node; nothing where there is nothing to say. */
export function NodeTags({ node, risksOnly }: { node: ShownNode; risksOnly?: boolean }) {
  return (
    <>
      {node.risk.destructive ? (
        <span className="tag tag-err">destructive</span>
      ) : node.risk.read_only ? (
        !risksOnly && <span className="tag">claims read-only</span>
      ) : (
        <span className="tag tag-warn">writes</span>
      )}
      {node.risk.open_world && <span className="tag">open-world</span>}
      {node.reused_from !== undefined && <span className="tag">reused</span>}
      {node.rerun_of !== undefined && <span className="tag">again</span>}
      {node.edited && <span className="tag">edited</span>}
      {node.auto_approved_by !== undefined && (
        <span className="tag" title={node.auto_approved_by}>
          auto
        </span>
      )}
    </>
  );
}

export function StateWord({ node, nodes }: { node: ShownNode; nodes: ShownNode[] }) {
  const now = useNow(1_000, node.status === 'running' || node.status === 'retrying');
  const view = stateView(node, nodes, now);
  return (
    <span className="state-word" data-state={node.status}>
      <Icon name={view.icon} /> {view.word}
    </span>
  );
}

export function ProgressBar({ node }: { node: ShownNode }) {
  if (node.status !== 'running' && node.status !== 'retrying') return null;
  const { progress, total } = node.progress ?? {};
  const known = progress !== undefined && total !== undefined && total > 0;
  return (
    <span
      className="progress"
      data-known={known}
      role="progressbar"
      aria-label={node.title}
      {...(known ? { 'aria-valuenow': Math.round((progress / total) * 100) } : {})}
    >
      <span style={known ? { width: `${Math.min(100, (progress / total) * 100)}%` } : undefined} />
    </span>
  );
}
