import { useEffect, useRef } from 'react';
import type { ShownNode } from '../../session/state.js';
import { spokenDepends } from '../node-state.js';
import { NodeTags, ProgressBar, StateWord } from './node-card.js';

interface PlanListProps {
  nodes: ShownNode[];
  selected: string | undefined;
  onOpen: (id: string) => void;
}

/** The plan in the order it can run; the accessible twin of the graph, and what a phone shows. */
export function PlanList({ nodes, selected, onOpen }: PlanListProps) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>('[aria-current=true]');
    row?.scrollIntoView({ block: 'nearest' });
    if (list.current?.contains(document.activeElement)) row?.focus();
  }, [selected]);

  return (
    <ol className="plan-list" ref={list} aria-label="Tasks of the plan">
      {nodes.map((node, at) => (
        <li key={node.id}>
          <button
            type="button"
            className="plan-row state-box"
            data-node-id={node.id}
            data-state={node.status}
            aria-current={node.id === selected}
            tabIndex={node.id === selected ? 0 : -1}
            onClick={() => onOpen(node.id)}
          >
            <span className="plan-row-head">
              <span className="node-title">
                <span className="unseen">
                  Task {at + 1} of {nodes.length}:{' '}
                </span>
                {node.title}
              </span>
              <StateWord node={node} nodes={nodes} />
            </span>
            <span className="node-meta">
              {node.tool} · {node.server_name}
              <NodeTags node={node} />
            </span>
            {node.depends_on.length > 0 && <span className="node-meta">{spokenDepends(node, nodes).slice(2)}</span>}
            {(node.error?.message ?? node.progress?.message) !== undefined && (
              <span className="node-meta">{(node.error?.message ?? node.progress?.message ?? '').split('\n')[0]}</span>
            )}
            <ProgressBar node={node} />
          </button>
        </li>
      ))}
    </ol>
  );
}
