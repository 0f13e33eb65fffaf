import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApprovalLink } from '../api/approval-types.js';
import { call } from '../api/http.js';
import { Gone, isGone, LinkPage } from '../auth/link-page.js';
import { ToolDiff } from '../tools/tool-diff.js';
import { ErrorNote } from '../ui/feedback.js';
import { useNow } from '../ui/hooks.js';
import { JsonView } from '../ui/json-tree.js';
import { visible } from '../ui/visible.js';
import { endWords, left, riskWords, sentence, tellsMore } from './approval-words.js';
import { Asked } from './asked.js';

const INSTEAD = (
  <>
    <Link to="/approvals">Open the inbox</Link>: what still waits is there.
  </>
);

/** Where the link in a mail leads: one decision, without a sign-in. Opening it decides nothing. */
export function ApprovalLinkPage() {
  return (
    <LinkPage<ApprovalLink> title="Decide" peek="/approvals/links/peek" instead={INSTEAD}>
      {(approval, token) => <Decide approval={approval} token={token} />}
    </LinkPage>
  );
}

function Decide({ approval, token }: { approval: ApprovalLink; token: string }) {
  const [reason, setReason] = useState('');
  const deciding = useMutation({
    mutationFn: (decision: 'approve' | 'deny') =>
      call('POST', '/approvals/links/decide', {
        body: { token, decision, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) },
        open: true,
      }),
  });
  if (isGone(deciding.error)) return <Gone>{INSTEAD}</Gone>;
  if (deciding.isSuccess) {
    return (
      <p role="status" data-testid="link-decided">
        <strong>{deciding.variables === 'approve' ? 'Approved.' : 'Denied.'}</strong> You can close this page, or{' '}
        <Link to="/approvals">open the inbox</Link>.
      </p>
    );
  }
  return (
    <>
      <Facts approval={approval} />
      {approval.status !== 'pending' ? (
        <p className="note">{endWords(approval)}.</p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
          }}
        >
          <label className="field">
            <span className="field-label">Reason (optional)</span>
            <input
              className="input"
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </label>
          <div className="row">
            <button
              type="button"
              className="button button-primary"
              disabled={deciding.isPending}
              onClick={() => deciding.mutate('approve')}
            >
              {approval.kind === 'tool' ? 'Approve this definition' : 'Approve once'}
            </button>
            <button
              type="button"
              className="button"
              disabled={deciding.isPending}
              onClick={() => deciding.mutate('deny')}
            >
              Deny
            </button>
          </div>
        </form>
      )}
      {deciding.isError && <ErrorNote error={deciding.error} />}
    </>
  );
}

function Facts({ approval }: { approval: ApprovalLink }) {
  const { acts_for, tool, server, title, why, status, expires_at } = approval;
  const risks = riskWords(approval.risk).map(({ word }) => word);
  const now = useNow(1_000, status === 'pending' && expires_at !== null);
  const ends = status === 'pending' ? left(expires_at, now) : undefined;
  return (
    <>
      <p className="dim">
        You decide as <strong>{acts_for.username}</strong>.
      </p>
      <p>
        {approval.kind === 'tool' ? 'The definition of' : 'A call of'} <strong className="mono">{visible(tool)}</strong>{' '}
        <span className="mono">· {visible(server.name)}</span>
        {risks.length > 0 && <span className="dim"> ({risks.join(', ')})</span>}
      </p>
      {tellsMore(approval) && <p>{visible(title)}</p>}
      <p>
        <span className="dim">Why it asks: </span>
        {sentence(visible(why))}
      </p>
      <Asked approval={approval} />
      {ends !== undefined && <p className="dim mono">{ends} left</p>}
      {approval.arguments !== null && <JsonView name="The arguments" value={approval.arguments} />}
      {approval.diff !== null && <ToolDiff diff={approval.diff} />}
      <details className="fold" open={approval.kind === 'tool' && approval.diff === null}>
        <summary>the definition, whole</summary>
        <JsonView name="The definition" value={approval.definition} />
      </details>
    </>
  );
}
