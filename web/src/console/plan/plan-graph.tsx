import './plan-graph.css';
import {
  Controls,
  Handle,
  MiniMap,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { openOverlay, useUi } from '../../app/ui-state.js';
import type { ShownNode } from '../../session/state.js';
import { spokenNode } from '../node-state.js';
import { CARD, layout } from './graph-layout.js';
import { NodeTags, ProgressBar, StateWord } from './node-card.js';

type CardNode = Node<{ node: ShownNode; nodes: ShownNode[]; selected: boolean; down: boolean }, 'card'>;

const NARROW = 560;
const MINIMAP_FROM = 25;
/** Smaller than this nobody can read a card; the rest is a drag away. */
const FIT = { padding: 0.06, maxZoom: 1, minZoom: 0.6 };
const DEAD = new Set(['rejected', 'failed', 'skipped', 'cancelled', 'timed_out']);

const Card = memo(function Card({ data: { node, nodes, selected, down } }: NodeProps<CardNode>) {
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (selected && document.activeElement?.closest('.plan-graph')) card.current?.focus({ preventScroll: true });
  }, [selected]);
  return (
    <div
      ref={card}
      className="card state-box"
      data-node-id={node.id}
      data-state={node.status}
      role="group"
      aria-roledescription="task"
      aria-label={spokenNode(node, nodes, Date.now())}
      aria-current={selected}
      tabIndex={selected ? 0 : -1}
      title={`${node.title}\n${node.content}`}
    >
      <Handle type="target" position={down ? Position.Top : Position.Left} isConnectable={false} />
      <span className="node-title">{node.title}</span>
      <span className="node-meta">
        {node.tool} · {node.server_name}
      </span>
      <span className="card-foot">
        <StateWord node={node} nodes={nodes} />
        <span className="card-tags">
          <NodeTags node={node} risksOnly />
        </span>
      </span>
      <ProgressBar node={node} />
      <Handle type="source" position={down ? Position.Bottom : Position.Right} isConnectable={false} />
    </div>
  );
});

const TYPES = { card: Card };

function edgeKind(from: ShownNode | undefined, to: ShownNode): string {
  if (!from || DEAD.has(from.status)) return 'edge-dead';
  if (to.status === 'running' || to.status === 'retrying') return 'edge-running';
  return from.status === 'succeeded' ? 'edge-done' : 'edge-waiting';
}

interface PlanGraphProps {
  nodes: ShownNode[];
  selected: string | undefined;
}

export function PlanGraph(props: PlanGraphProps) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph({ nodes, selected }: PlanGraphProps) {
  const holder = useRef<HTMLDivElement>(null);
  const [down, setDown] = useState(false);
  const flow = useReactFlow();
  const shape = nodes.map((node) => `${node.id}<${node.depends_on.join()}`).join(';');

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const resized = new ResizeObserver(() => setDown(element.clientWidth < NARROW));
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  // Only the shape moves cards; a change of status never does.
  const places = useMemo(() => layout(nodes, down ? 'TB' : 'LR'), [shape, down]);

  useEffect(() => {
    const frame = requestAnimationFrame(() => void flow.fitView(FIT));
    return () => cancelAnimationFrame(frame);
  }, [places, flow]);
  useEffect(() => {
    const at = selected === undefined ? undefined : places.get(selected);
    const element = holder.current;
    if (!at || !element || !element.contains(document.activeElement)) return;
    const { x, y, zoom } = flow.getViewport();
    const left = at.x * zoom + x;
    const top = at.y * zoom + y;
    const inView =
      left >= 0 &&
      top >= 0 &&
      left + CARD.width * zoom <= element.clientWidth &&
      top + CARD.height * zoom <= element.clientHeight;
    if (!inView) void flow.setCenter(at.x + CARD.width / 2, at.y + CARD.height / 2, { zoom });
  }, [selected, places, flow]);

  const cards = nodes.map((node): CardNode => ({
    id: node.id,
    type: 'card',
    position: places.get(node.id) ?? { x: 0, y: 0 },
    data: { node, nodes, selected: node.id === selected, down },
    initialWidth: CARD.width,
    initialHeight: CARD.height,
  }));
  const edges = nodes.flatMap((node) =>
    node.depends_on.map((from): Edge => ({
      id: `${from}-${node.id}`,
      source: from,
      target: node.id,
      type: 'smoothstep',
      className: edgeKind(
        nodes.find((one) => one.id === from),
        node,
      ),
    })),
  );

  return (
    <div className="plan-graph" ref={holder} role="group" aria-label="Graph of the plan">
      <ReactFlow
        nodes={cards}
        edges={edges}
        nodeTypes={TYPES}
        fitView
        fitViewOptions={FIT}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        onNodeClick={(_event, { id }) => useUi.setState({ selectedNode: id })}
        onNodeDoubleClick={(_event, { id }) => openOverlay({ kind: 'node', node_id: id })}
      >
        <Controls showInteractive={false} orientation="horizontal" position="bottom-left" />
        {nodes.length >= MINIMAP_FROM && <MiniMap pannable zoomable />}
      </ReactFlow>
    </div>
  );
}
