import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../api/identity-queries.js';
import { commandById } from '../../app/commands.js';
import { useCommandContext } from '../../app/active.js';
import { PLAN_VIEWS, setLook, useLook, type PlanView } from '../../app/look.js';
import { openOverlay, useUi } from '../../app/ui-state.js';
import { awaiting, currentPlan, ordered, pendingNodes, planFault } from '../../session/plan-rules.js';
import type { ShownNode } from '../../session/state.js';
import { Loading } from '../../ui/feedback.js';
import { useMedia } from '../../ui/hooks.js';
import { useConnected, useLive } from '../live-context.js';
import { spokenNode } from '../node-state.js';
import { Pane } from '../pane.js';
import { DecisionBar } from './decision-bar.js';
import { PlanList } from './plan-list.js';
import { Timeline } from './timeline.js';

const PlanGraph = lazy(async () => ({ default: (await import('./plan-graph.js')).PlanGraph }));

/** A graph larger than this opens as a list. */
const LIST_FROM = 60;

/** The selected task: the one chosen, else the first that awaits a person, else the first. */
export function useSelected(nodes: ShownNode[]): ShownNode | undefined {
  const chosen = useUi((state) => state.selectedNode);
  const waits = nodes.find((node) => node.status === 'pending' || node.status === 'outcome_unknown');
  return nodes.find((node) => node.id === chosen) ?? waits ?? nodes[0];
}

export function PlanPane() {
  const plan = useLive((state) => currentPlan(state.session));
  const connected = useConnected();
  const wanted = useLook((look) => look.planView);
  const phone = useMedia('(max-width: 767px)');
  // A phone opens the list; the graph is one tap away.
  const [phoneView, setPhoneView] = useState<PlanView>('list');
  const view = phone ? phoneView : wanted;
  const show = (one: PlanView) => (phone ? setPhoneView(one) : setLook({ planView: one }));
  const context = useCommandContext();
  const nodes = ordered(plan?.nodes ?? []);
  const selected = useSelected(nodes);
  const fault = planFault(nodes);
  const waiting = awaiting(plan);
  const pending = pendingNodes(plan).length;
  const done = nodes.filter((node) => node.status === 'succeeded').length;
  const shown = fault !== undefined || (view === 'graph' && nodes.length > LIST_FROM) ? 'list' : view;

  const move = (to: ShownNode | undefined): boolean => {
    if (to) useUi.setState({ selectedNode: to.id });
    return to !== undefined;
  };
  const onKey = (key: string): boolean => {
    const at = nodes.findIndex((node) => node.id === selected?.id);
    if (!selected) return false;
    if (key === 'ArrowDown') return move(nodes[at + 1]);
    if (key === 'ArrowUp') return move(nodes[at - 1]);
    if (key === 'ArrowRight') return move(nodes.find((node) => node.depends_on.includes(selected.id)));
    if (key === 'ArrowLeft') return move(nodes.find((node) => selected.depends_on.includes(node.id)));
    if (key === 'Home') return move(nodes[0]);
    if (key === 'End') return move(nodes.at(-1));
    return false;
  };

  const mayUse = useMay('sessions.use');
  const all = mayUse && pending > 1 && fault === undefined;
  const approveAll = () => void commandById('approve-all')?.run(context, '');

  const title = (
    <>
      plan
      {plan && (
        <span className="pane-extra">
          {done} of {nodes.length} done
          {waiting.length > 0 && (
            <span className="pane-you">
              {' '}
              · {waiting.length} {waiting.length === 1 ? 'awaits' : 'await'} you
            </span>
          )}
        </span>
      )}
    </>
  );

  return (
    <Pane
      name="plan"
      label="Plan"
      title={title}
      tools={
        all &&
        !phone && (
          <button type="button" className="pane-button" disabled={!connected} onClick={approveAll}>
            approve all
          </button>
        )
      }
      onKey={onKey}
      argument={selected?.id ?? ''}
      data={{ 'data-testid': 'plan', 'data-revision': plan?.revision ?? 0, 'data-pending': pending }}
    >
      {!plan || nodes.length === 0 ? (
        <p className="empty pane-empty">No plan yet. Ask for something that needs more than one tool.</p>
      ) : (
        <div className="plan">
          <div className="plan-bar">
            <div className="views" role="group" aria-label="View of the plan">
              {PLAN_VIEWS.map((one) => (
                <button
                  key={one}
                  type="button"
                  className="view"
                  aria-pressed={shown === one}
                  disabled={fault !== undefined && one !== 'list'}
                  onClick={() => show(one)}
                >
                  {one}
                </button>
              ))}
            </div>
            <span className="dim plan-title">
              {plan.title} r{plan.revision}
            </span>
          </div>
          {fault !== undefined && (
            <p className="note note-error" role="alert">
              {fault}
            </p>
          )}
          <div className="plan-view">
            {shown === 'graph' && (
              <>
                <Suspense fallback={<Loading what="the graph" />}>
                  <PlanGraph key={`${plan.plan_id}-${plan.revision}`} nodes={nodes} selected={selected?.id} />
                </Suspense>
                <ol className="unseen" aria-label="Tasks of the plan">
                  {nodes.map((node) => (
                    <li key={node.id}>{spokenNode(node, nodes, Date.now())}</li>
                  ))}
                </ol>
              </>
            )}
            {shown === 'list' && (
              <PlanList
                nodes={nodes}
                selected={selected?.id}
                onOpen={(id) => {
                  useUi.setState({ selectedNode: id });
                  if (phone) openOverlay({ kind: 'node', node_id: id });
                }}
              />
            )}
            {shown === 'timeline' && <Timeline nodes={nodes} selected={selected?.id} />}
          </div>
          {selected && fault === undefined && !phone && <DecisionBar node={selected} nodes={nodes} />}
          {all && phone && (
            <div className="decision">
              <button type="button" className="button" disabled={!connected} onClick={approveAll}>
                Approve all {pending}…
              </button>
            </div>
          )}
        </div>
      )}
    </Pane>
  );
}
