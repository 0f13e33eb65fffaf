import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Approval } from '../api/approval-types.js';
import { call } from '../api/http.js';
import { Gone, isGone, LinkPage } from '../auth/link-page.js';
import { ErrorNote } from '../ui/feedback.js';
import { JsonView } from '../ui/json-tree.js';
import { visible } from '../ui/visible.js';
import { endWords, riskWords } from './approval-words.js';
import { readPeek } from './peek.js';

const INSTEAD = (
  <>
    <Link to="/approvals">Open the inbox</Link>: what still waits is there.
  </>
);

/** Where the link in a mail leads: one decision, without a sign-in. Opening it decides nothing. */
export function ApprovalLinkPage() {
  return (
    <LinkPage<unknown> title="Decide" peek="/approvals/links/peek" instead={INSTEAD}>
      {(about, token) => <Decide about={about} token={token} />}
    </LinkPage>
  );
}

function Decide({ about, token }: { about: unknown; token: string }) {
  const { approval, person } = readPeek(about);
  const [reason, setReason] = useState('');
  const deciding = useMutation({
    mutationFn: (decision: 'approve' | 'deny') =>
      call('POST', '/approvals/links/decide', {
        body: { token, decision, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) },
        open: true,
      }),
  });
  if (approval === undefined) return <p>This link is for something that this page does not know.</p>;
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
      <Facts approval={approval} person={person} />
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
              Approve once
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

function Facts({ approval, person }: { approval: Approval; person: string | undefined }) {
  const risks = riskWords(approval.risk).map(({ word }) => word);
  return (
    <>
      {person !== undefined && (
        <p className="dim">
          You decide as <strong>{person}</strong>.
        </p>
      )}
      <p>
        <strong className="mono">{visible(approval.tool)}</strong>{' '}
        <span className="mono">· {visible(approval.server.name)}</span>
        {risks.length > 0 && <span className="dim"> ({risks.join(', ')})</span>}
      </p>
      <p>{visible(approval.why)}</p>
      {approval.requested_by !== null && <p className="dim">Asked by {approval.requested_by.username}.</p>}
      {approval.arguments !== null && <JsonView name="The arguments" value={approval.arguments} />}
    </>
  );
}
