import dagre from '@dagrejs/dagre';
import type { ShownNode } from '../../session/state.js';

export const CARD = { width: 224, height: 76 } as const;

type Direction = 'LR' | 'TB';
type Point = { x: number; y: number };

/** Where each card's top left corner goes: as the server laid it out, else by dagre. */
export function layout(nodes: ShownNode[], direction: Direction): Map<string, Point> {
  const given = nodes.every(({ position }) => Number.isFinite(position.x) && Number.isFinite(position.y));
  const apart = new Set(nodes.map(({ position }) => `${position.x} ${position.y}`)).size === nodes.length;
  // The server's picture runs left to right; a narrow pane needs its own.
  if (given && apart && direction === 'LR') return new Map(nodes.map((node) => [node.id, node.position]));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: direction, ranksep: direction === 'LR' ? 56 : 40, nodesep: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { ...CARD });
  for (const node of nodes) for (const from of node.depends_on) graph.setEdge(from, node.id);
  dagre.layout(graph);
  return new Map(
    nodes.map((node) => {
      const { x, y } = graph.node(node.id) as Point;
      return [node.id, { x: x - CARD.width / 2, y: y - CARD.height / 2 }];
    }),
  );
}
