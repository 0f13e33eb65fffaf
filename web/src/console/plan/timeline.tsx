import { useUi } from '../../app/ui-state.js';
import type { ShownNode } from '../../session/state.js';
import { duration } from '../../ui/format.js';
import { useNow } from '../../ui/hooks.js';
import { StateWord } from './node-card.js';

/** Bars against the wall clock, from the first start to now or the last end. */
export function Timeline({ nodes, selected }: { nodes: ShownNode[]; selected: string | undefined }) {
  const running = nodes.some((node) => node.status === 'running' || node.status === 'retrying');
  const now = useNow(500, running);
  const spans = nodes.flatMap((node) => {
    const from = Date.parse(node.started_at ?? '');
    if (Number.isNaN(from)) return [];
    const to = Date.parse(node.finished_at ?? '');
    return [{ node, from, to: Number.isNaN(to) ? Math.max(now, from) : to }];
  });
  if (spans.length === 0) return <p className="empty pane-empty">Nothing has started yet.</p>;
  const start = Math.min(...spans.map((span) => span.from));
  const whole = Math.max(1, Math.max(...spans.map((span) => span.to)) - start);
  return (
    <ol className="timeline" aria-label="Tasks on the clock">
      {spans.map(({ node, from, to }) => (
        <li key={node.id}>
          <button
            type="button"
            className="timeline-row"
            data-node-id={node.id}
            data-state={node.status}
            aria-current={node.id === selected}
            onClick={() => useUi.setState({ selectedNode: node.id })}
          >
            <span className="timeline-name">{node.title}</span>
            <span className="timeline-track">
              <span
                className="timeline-bar"
                style={{
                  left: `${((from - start) / whole) * 100}%`,
                  width: `max(2px, ${((to - from) / whole) * 100}%)`,
                }}
              />
            </span>
            <StateWord node={node} nodes={nodes} />
          </button>
        </li>
      ))}
      <li className="dim timeline-scale">
        0 ms <span>{duration(whole)}</span>
      </li>
    </ol>
  );
}
