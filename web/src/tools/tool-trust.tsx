import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/http.js';
import { useMay } from '../api/identity-queries.js';
import { toolsChanged } from '../api/queries.js';
import type { Affected, ToolDetail } from '../api/tool-types.js';
import type { McpServer } from '../api/types.js';
import { mayOn } from '../servers/access-words.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote } from '../ui/feedback.js';
import { plural } from '../ui/format.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { ToolDiff } from './tool-diff.js';
import { awaitsDecision, STATE_WORDS, stateOf, toolPath } from './tool-words.js';

/** Whether the definition is trusted, why it may not be, whom that concerns, and the decision. */
export function ToolTrust({ server, detail }: { server: McpServer; detail: ToolDetail }) {
  const { tool, diff, definition } = detail;
  const manages = useMay('tools.decide') && mayOn(server, 'manage');
  const state = stateOf(tool);
  const waits = awaitsDecision(tool);
  return (
    <section
      className={waits ? 'trust trust-waits' : 'trust'}
      aria-label="Trust"
      data-testid="trust"
      data-state={state}
    >
      <p>
        {state === 'approved' && tool.approved_by != null
          ? `${tool.approved_by.username} approved exactly this definition.`
          : STATE_WORDS[state].means}
        {tool.approved_at != null && state === 'approved' && (
          <span className="dim">
            {' '}
            <Moment at={tool.approved_at} />
          </span>
        )}
        {tool.quarantined === true && ' It is in quarantine: not offered to models, and no call reaches it.'}
      </p>
      {diff !== null && (
        <>
          <h2>What changed</h2>
          <ToolDiff diff={diff} compare={{ serverId: server.id, tool: tool.name, definition }} />
        </>
      )}
      <Concerned affected={detail.affected} />
      {manages && waits && <Decision server={server} detail={detail} />}
      {manages && !waits && (
        <details className="fold">
          <summary>{state === 'approved' ? 'take the approval back' : 'decide on the definition'}</summary>
          <Decision server={server} detail={detail} />
        </details>
      )}
      {!manages && waits && <p className="dim">Deciding takes somebody who manages this server.</p>}
    </section>
  );
}

function Concerned({ affected: { plans, sessions, keys, grants } }: { affected: Affected }) {
  const counts = [
    [plans.length, 'open plan'],
    [sessions.length, 'session'],
    [keys.length, 'key'],
    [grants, 'remembered permission'],
  ] as const;
  const uses = counts.flatMap(([count, what]) => (count === 0 ? [] : [plural(count, what)]));
  if (uses.length === 0) return null;
  return (
    <details className="fold">
      <summary>it concerns {uses.join(', ')}</summary>
      <ul className="affected">
        {plans.map(({ plan_id, session_id, title, nodes }) => (
          <li key={plan_id}>
            plan{' '}
            <Link to="/s/$sessionId" params={{ sessionId: session_id }}>
              {visible(title || 'Untitled')}
            </Link>{' '}
            <span className="dim">{plural(nodes.length, 'task')}</span>
          </li>
        ))}
        {sessions.map(({ id, title }) => (
          <li key={id}>
            session{' '}
            <Link to="/s/$sessionId" params={{ sessionId: id }}>
              {visible(title || 'Untitled')}
            </Link>
          </li>
        ))}
        {keys.map(({ id, name }) => (
          <li key={id}>
            key <span className="mono">{visible(name)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Decision({ server, detail: { tool } }: { server: McpServer; detail: ToolDetail }) {
  const [reason, setReason] = useState('');
  const state = stateOf(tool);
  const deciding = useMutation({
    mutationFn: (what: 'approve' | 'reject' | 'revoke') => {
      const given = reason.trim() === '' ? {} : { reason: reason.trim() };
      const body = what === 'revoke' ? given : { pin: tool.pin, ...given };
      return call('POST', `${toolPath(server.id, tool.name)}/${what}`, { body });
    },
    onSuccess: () => setReason(''),
    onSettled: () => toolsChanged(server.id),
  });
  return (
    <form
      className="decide-tool"
      aria-label="Decide on the definition"
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <label className="field">
        <span className="field-label">Reason (optional)</span>
        <input className="input" maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <div className="row">
        {state !== 'approved' && (
          <button
            type="button"
            className={awaitsDecision(tool) ? 'button button-primary' : 'button'}
            disabled={deciding.isPending}
            onClick={() => deciding.mutate('approve')}
          >
            Approve this definition
          </button>
        )}
        {state !== 'rejected' && state !== 'approved' && (
          <button
            type="button"
            className="button button-danger"
            disabled={deciding.isPending}
            onClick={() => deciding.mutate('reject')}
          >
            Reject
          </button>
        )}
        {state === 'approved' && (
          <Confirm
            label="Revoke the approval"
            question="It goes into quarantine, what is remembered for it ends."
            sure="Revoke"
            busy={deciding.isPending}
            run={() => deciding.mutate('revoke')}
          />
        )}
      </div>
      {deciding.isError && <ErrorNote error={deciding.error} />}
    </form>
  );
}
