import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { approvalsChanged } from '../api/approval-queries.js';
import type { ApprovalDetail as Detail } from '../api/approval-types.js';
import { call } from '../api/http.js';
import { profileQuery } from '../api/queries.js';
import { ResultView } from '../tools/result-view.js';
import { ToolDiff } from '../tools/tool-diff.js';
import { Confirm } from '../ui/confirm.js';
import { type Fact, Facts } from '../ui/facts.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { useNow } from '../ui/hooks.js';
import { Icon } from '../ui/icons.js';
import { JsonView } from '../ui/json-tree.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { Risks } from './approval-row.js';
import { doorWords, endWords, KIND_WORDS, left, sentence, STATUS_ICONS, tellsMore } from './approval-words.js';
import { Asked } from './asked.js';
import { Decide } from './decide.js';
import { followed } from './follow.js';

/** One request as a whole: what exactly, defined how, changed in what, and what became of it. */
export function ApprovalDetail({ id }: { id: string }) {
  const query = useQuery(followed(id));
  if (query.isPending) return <Loading what="the request" lines={6} />;
  if (query.isError && !query.data) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />;
  return <Shown approval={query.data} />;
}

function Shown({ approval }: { approval: Detail }) {
  const { status, tool, server, why, title } = approval;
  const pending = status === 'pending';
  const [late, setLate] = useState(false);
  return (
    <article aria-label={`${tool}, ${server.name}`} data-testid="approval" data-status={status}>
      <h2 className="mono">
        {visible(tool)} <span className="dim">· {visible(server.name)}</span>
      </h2>
      <p className="sheet-state approval-state" data-status={status} role="status">
        <Icon name={STATUS_ICONS[status] ?? 'unknown'} />
        <span>
          {pending ? (approval.can_decide ? 'Waits for you' : 'Waits for somebody who may decide') : endWords(approval)}
          .
        </span>
        <Risks approval={approval} />
      </p>
      {late && (
        <p className="note" role="alert">
          Somebody was faster: your decision came after it, and changed nothing.
        </p>
      )}
      {tellsMore(approval) && <p>{visible(title)}</p>}
      <p>
        <span className="dim">Why it asks: </span>
        {sentence(visible(why))}
      </p>
      <Asked approval={approval} />
      {approval.decision_reason !== null && (
        <p>
          <span className="dim">Reason: </span>
          {visible(approval.decision_reason)}
        </p>
      )}
      <About approval={approval} />
      {approval.diff !== null && (
        <section className="section" aria-labelledby="approval-diff">
          <h3 id="approval-diff">What changed</h3>
          <ToolDiff diff={approval.diff} compare={{ serverId: server.id, tool, definition: approval.definition }} />
        </section>
      )}
      {approval.arguments !== null && (
        <section className="section" aria-labelledby="approval-arguments">
          <h3 id="approval-arguments">Arguments, exactly</h3>
          <JsonView name="The arguments" value={approval.arguments} />
        </section>
      )}
      {pending && approval.can_decide && <Decide approval={approval} onLate={() => setLate(true)} />}
      <Withdraw approval={approval} />
      <AtGateway approval={approval} />
      <Outcome approval={approval} />
      <details className="fold" open={approval.kind === 'tool' && approval.diff === null}>
        <summary>the definition, whole</summary>
        <JsonView name="The definition" value={approval.definition} />
        <p className="dim mono pin">pin {approval.pin}</p>
      </details>
    </article>
  );
}

function About({ approval }: { approval: Detail }) {
  const { kind, server, tool, created_at, expires_at, session_id, status } = approval;
  const now = useNow(1_000, status === 'pending' && expires_at !== null);
  const ends = left(expires_at, now);
  const facts: Fact[] = [
    ['What', KIND_WORDS[kind] ?? kind],
    ['How', doorWords(approval) || '–'],
    ['When', <Moment key="when" at={created_at} />],
    ...(status === 'pending' && ends !== undefined ? [['Time left', ends] as const] : []),
  ];
  return (
    <>
      <Facts facts={facts} />
      <p className="entry-meta">
        <Link to="/servers/$serverId/tools/$tool" params={{ serverId: server.id, tool }}>
          the tool
        </Link>
        {session_id !== null && (
          <Link to="/s/$sessionId" params={{ sessionId: session_id }}>
            the session
          </Link>
        )}
        <span className="dim">
          request <span className="mono">{approval.id}</span>
        </span>
      </p>
    </>
  );
}

const AT_GATEWAY: Partial<Record<Detail['status'], string>> = {
  approved: 'A program that still waits has its result now; one that went on makes the same call again, and gets it.',
  denied: 'The program is told so, with the reason, now or when it makes the same call again.',
  expired: 'The program may make the call again, and somebody is asked anew.',
};

function Withdraw({ approval: { id, kind, status, requested_by } }: { approval: Detail }) {
  const me = useQuery(profileQuery).data?.id;
  const withdrawing = useMutation({
    mutationFn: () => call('POST', `/approvals/${id}/withdraw`),
    onSettled: approvalsChanged,
  });
  if (kind !== 'call' || status !== 'pending' || me === undefined || requested_by?.user_id !== me) return null;
  return (
    <div className="row">
      <Confirm
        label="Withdraw"
        question="The call will not be made."
        sure="Withdraw"
        busy={withdrawing.isPending}
        run={() => withdrawing.mutate()}
      />
      {withdrawing.isError && <ErrorNote error={withdrawing.error} />}
    </div>
  );
}

/** A program at the gateway may have gone; what it has to do next is what one tells it. */
function AtGateway({ approval: { kind, door, status } }: { approval: Detail }) {
  if (kind !== 'call' || door !== 'gateway') return null;
  const words = AT_GATEWAY[status];
  return words === undefined ? null : <p className="note">{words}</p>;
}

/** What became of a held call. */
function Outcome({ approval: { kind, status, call: held } }: { approval: Detail }) {
  if (kind !== 'call' || status !== 'approved') return null;
  return (
    <section className="section" aria-labelledby="approval-result">
      <h3 id="approval-result">Result</h3>
      {held?.answer ? (
        <ResultView answer={held.answer} />
      ) : (
        <p role="status">
          {held === null ? 'Results are kept for a day.' : `The call: ${held.status.replaceAll('_', ' ')}.`}
        </p>
      )}
    </section>
  );
}
