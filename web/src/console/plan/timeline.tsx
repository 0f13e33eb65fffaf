import type { ReactNode } from 'react';
import { useUi } from '../../app/ui-state.js';
import type { ShownNode } from '../../session/state.js';
import { duration } from '../../ui/format.js';
import { useNow } from '../../ui/hooks.js';
import { StateWord } from './node-card.js';

/** Bars against the wall clock, from the first start to now or the last end; what was reused ran on another day. */
export function Timeline({ nodes, selected }: { nodes: ShownNode[]; selected: string | undefined }) {
  const running = nodes.some((node) => node.status === 'running' || node.status === 'retrying');
  const now = useNow(500, running);
  const reused = nodes.filter((node) => node.reused_from !== undefined);
  const spans = nodes.flatMap((node) => {
    if (node.reused_from !== undefined) return [];
    const from = Date.parse(node.started_at ?? '');
    if (Number.isNaN(from)) return [];
    const to = Date.parse(node.finished_at ?? '');
    return [{ node, from, to: Number.isNaN(to) ? Math.max(now, from) : to }];
  });
  if (spans.length + reused.length === 0) return <p className="empty pane-empty">Nothing has started yet.</p>;
  const start = Math.min(...spans.map((span) => span.from));
  const whole = Math.max(1, Math.max(...spans.map((span) => span.to)) - start);
  return (
    <ol className="timeline" aria-label="Tasks on the clock">
      {reused.map((node) => (
        <Row key={node.id} node={node} nodes={nodes} selected={selected}>
          <span className="dim">reused</span>
        </Row>
      ))}
      {spans.map(({ node, from, to }) => (
        <Row key={node.id} node={node} nodes={nodes} selected={selected}>
          <span className="timeline-track">
            <span
              className="timeline-bar"
              style={{
                left: `${((from - start) / whole) * 100}%`,
                width: `max(2px, ${((to - from) / whole) * 100}%)`,
              }}
            />
          </span>
        </Row>
      ))}
      {spans.length > 0 && (
        <li className="dim timeline-scale">
          0 ms <span>{duration(whole)}</span>
        </li>
      )}
    </ol>
  );
}

function Row({
  node,
  nodes,
  selected,
  children,
}: {
  node: ShownNode;
  nodes: ShownNode[];
  selected: string | undefined;
  children: ReactNode;
}) {
  return (
    <li>
      <button
        type="button"
        className="timeline-row"
        data-node-id={node.id}
        data-state={node.status}
        aria-current={node.id === selected}
        onClick={() => useUi.setState({ selectedNode: node.id })}
      >
        <span className="timeline-name">{node.title}</span>
        {children}
        <StateWord node={node} nodes={nodes} />
      </button>
    </li>
  );
}
