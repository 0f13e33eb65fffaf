import { useState } from 'react';
import type { RememberScope } from '@app/session-protocol';
import { openOverlay } from '../../app/ui-state.js';
import type { ShownNode } from '../../session/state.js';
import { Dialog } from '../../ui/dialog.js';
import { type Fact, Facts } from '../../ui/facts.js';
import { clock, duration } from '../../ui/format.js';
import { copyText } from '../../ui/hooks.js';
import { AnsiText } from '../ansi-text.js';
import { useConnected, useLive, useLiveSession } from '../live-context.js';
import { spokenDepends } from '../node-state.js';
import { EarlierRun } from './earlier-run.js';
import { DecisionBar } from '../plan/decision-bar.js';
import { NodeTags, StateWord } from '../plan/node-card.js';

const SCOPES: Record<Exclude<RememberScope, 'matching'>, string> = {
  once: 'once',
  tool_in_session: 'this tool, this session',
  tool_until_changed: 'this tool, until its definition changes',
  server_in_session: 'this server, this session',
};

/** All that is known of one task, and what may be decided about it. */
export function NodeSheet({ node, onClose }: { node: ShownNode; onClose: () => void }) {
  const live = useLiveSession();
  const connected = useConnected();
  const plan = useLive((state) => Object.values(state.session.plans).find((one) => one.nodes.includes(node)));
  const nodes = plan?.nodes ?? [node];
  const [scope, setScope] = useState<RememberScope>('once');
  const files = useLive((state) => state.session.artifacts).filter(({ node_id }) => node_id === node.id);
  const depends = spokenDepends(node, nodes);
  return (
    <Dialog title={node.title} onClose={onClose} wide testId="node">
      <p className="sheet-state state-box" data-state={node.status}>
        <StateWord node={node} nodes={nodes} />
        <NodeTags node={node} />
      </p>
      <p>{node.content}</p>
      <Facts facts={factsOf(node)} />
      {depends !== '' && <p className="dim">{depends.slice(2)}</p>}
      {node.reused_from !== undefined && (
        <p className="dim">Not called again: this is what {node.reused_from} gave in an earlier run.</p>
      )}
      {node.cause !== undefined && <p>Because: {node.cause}</p>}
      <DecisionBar node={node} nodes={nodes} sheet />
      {node.allowed_decisions.includes('approve') && (
        <div className="row remember">
          <label>
            <span className="dim">approve and remember for </span>
            <select className="input" value={scope} onChange={(event) => setScope(event.target.value as RememberScope)}>
              {Object.entries(SCOPES).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            className="button"
            disabled={!connected || scope === 'once'}
            onClick={() => live.decide('approve_task', node.id, { remember: scope })}
          >
            Approve and remember
          </button>
        </div>
      )}
      <h3 className="label">
        arguments{' '}
        <button
          type="button"
          className="text-button"
          onClick={() => void copyText(JSON.stringify(node.arguments, null, 2))}
        >
          copy
        </button>
      </h3>
      <pre className="output">{JSON.stringify(node.arguments, null, 2)}</pre>
      {node.error && (
        <>
          <h3 className="label">error of {node.tool}</h3>
          <AnsiText text={`${node.error.code}: ${node.error.message}`} />
        </>
      )}
      {node.result && (
        <>
          <h3 className="label">said by {node.tool}</h3>
          <AnsiText text={node.result.preview} />
          {node.result.structured !== undefined && (
            <details>
              <summary className="dim">structured result</summary>
              <pre className="output">{JSON.stringify(node.result.structured, null, 2)}</pre>
            </details>
          )}
          {files.length > 0 && (
            <p className="row">
              {files.map(({ artifact_id, name }) => (
                <button
                  key={artifact_id}
                  type="button"
                  className="text-button"
                  onClick={() => openOverlay({ kind: 'file', artifact_id })}
                >
                  {name}
                </button>
              ))}
            </p>
          )}
        </>
      )}
      <EarlierRun node={node} />
    </Dialog>
  );
}

function factsOf({ tool, server_name, attempt, started_at, duration_ms, trace_id }: ShownNode): Fact[] {
  const facts: (Fact | undefined)[] = [
    ['tool', tool],
    ['server', server_name],
    attempt > 1 ? ['attempt', attempt] : undefined,
    started_at === undefined ? undefined : ['started', clock(started_at)],
    duration_ms === undefined ? undefined : ['took', duration(duration_ms)],
    trace_id === undefined ? undefined : ['trace', trace_id],
  ];
  return facts.filter((fact) => fact !== undefined);
}
