import dagre from '@dagrejs/dagre';
import { layout as drawOurs } from '../../dist/libs/task-graph/src/index.js';
import { report } from '../lib/measure.mjs';

const NODES = 150;

/** The layered layout of a plan, against dagre's of the same graph. */
export function layout() {
  const nodes = Array.from({ length: NODES }, (_, index) => ({
    id: `node${index + 1}`,
    dependsOn: index === 0 ? [] : [`node${Math.ceil(index / 2)}`, ...(index > 6 ? [`node${index - 5}`] : [])],
  }));
  report(
    `layout of ${NODES} nodes, ms`,
    fastest(() => drawOurs(nodes)),
    fastest(() => drawWithDagre(nodes)),
    {
      limit: 1,
      higherIsBetter: false,
    },
  );
}

function drawWithDagre(nodes) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', ranksep: 56, nodesep: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: 224, height: 76 });
  for (const { id, dependsOn } of nodes) for (const from of dependsOn) graph.setEdge(from, id);
  dagre.layout(graph);
}

const fastest = (work) =>
  Math.min(
    ...Array.from({ length: 5 }, () => {
      const started = performance.now();
      work();
      return performance.now() - started;
    }),
  );
