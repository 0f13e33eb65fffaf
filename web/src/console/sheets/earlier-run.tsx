import type { ShownNode } from '../../session/state.js';
import { duration } from '../../ui/format.js';
import { DiffView } from '../diff-view.js';
import { useLive } from '../live-context.js';
import { plainText } from '../untrusted.js';

/** The task of the run before, beside what it is in this one; nothing where there was none. */
export function EarlierRun({ node }: { node: ShownNode }) {
  const id = node.rerun_of;
  const earlier = useLive((state) =>
    Object.values(state.session.plans)
      .flatMap((plan) => plan.nodes)
      .find((one) => one.id === id),
  );
  if (id === undefined) return null;
  if (!earlier) return <p className="dim">Runs {id} again; this page does not hold the earlier run any more.</p>;
  const took = earlier.duration_ms === undefined ? '' : ` · ${duration(earlier.duration_ms)}`;
  const before = outcomeOf(earlier);
  const after = outcomeOf(node);
  return (
    <section data-testid="earlier-run">
      <h3 className="label">
        earlier run: {id} · {earlier.status.replaceAll('_', ' ')}
        {took}
      </h3>
      {after === '' && <pre className="output">{before || 'No result.'}</pre>}
      {after !== '' && after === before && <p>It gave the same.</p>}
      {after !== '' && after !== before && <DiffView before={before} after={after} />}
    </section>
  );
}

function outcomeOf({ error, result }: ShownNode): string {
  const structured = result?.structured === undefined ? '' : JSON.stringify(result.structured, null, 2);
  const said = error ? `${error.code}: ${error.message}` : (result?.preview ?? '');
  return plainText([said, structured].filter((part) => part !== '').join('\n'));
}
