import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { CallWaits, DryRun } from '../api/tool-types.js';
import { Problem } from '../api/problem.js';
import type { McpServer } from '../api/types.js';
import { endWords, left, sentence } from '../approvals/approval-words.js';
import { followed } from '../approvals/follow.js';
import { ErrorNote } from '../ui/feedback.js';
import { duration } from '../ui/format.js';
import { useNow } from '../ui/hooks.js';
import { visible } from '../ui/visible.js';
import { ResultView } from './result-view.js';
import { nextStep } from './tool-words.js';
import type { Run } from './use-run.js';

/** What is known of a call now: heard so far, its result, who is waited for, or why not. */
export function CallReplyView({ run, server }: { run: Run; server: McpServer }) {
  const { state, reply, error, lines } = run;
  return (
    <>
      {state === 'idle' && <p className="empty">The result appears here.</p>}
      {state === 'running' && <Running run={run} />}
      {lines.length > 0 && (
        <pre className="output run-lines" tabIndex={0} role="group" aria-label="What the server logged">
          {visible(lines.join('\n'))}
        </pre>
      )}
      {state === 'stopped' && <p className="note">Stopped by you. What the tool did until then is not known here.</p>}
      {state === 'failed' && <Refused error={error} server={server} />}
      {reply?.status === 'approval_required' && <Waits waits={reply} />}
      {reply?.status === 'dry_run' && <Dry run={reply} />}
      {reply !== undefined && reply.status !== 'approval_required' && reply.status !== 'dry_run' && (
        <ResultView answer={reply} />
      )}
    </>
  );
}

function Running({ run: { started, progress } }: { run: Run }) {
  const now = useNow(1_000);
  const { progress: done = 0, total, message } = progress ?? {};
  const known = total !== undefined && total > 0;
  return (
    <div className="run-state" role="status">
      <p>
        Running {duration(Math.max(0, now - started))}
        {known && `, ${Math.round((done / total) * 100)} %`}
        {message !== undefined && `, ${visible(message)}`}
      </p>
      {known && <progress aria-label="Progress of the call" max={total} value={done} />}
    </div>
  );
}

function Refused({ error, server }: { error: unknown; server: McpServer }) {
  const step = error instanceof Problem ? nextStep(error.code) : undefined;
  const issues = error instanceof Problem && Array.isArray(error.body.errors) ? error.body.errors : [];
  return (
    <ErrorNote error={error}>
      {step !== undefined && <p>{step}</p>}
      {issues.length > 0 && <Issues issues={issues} />}
      {error instanceof Problem && error.code === 'UPSTREAM_UNAVAILABLE' && (
        <Link to="/servers/$serverId" params={{ serverId: server.id }} search={{ check: 1 }} className="button">
          Check the server
        </Link>
      )}
    </ErrorNote>
  );
}

function Issues({ issues }: { issues: readonly unknown[] }) {
  return (
    <ul className="issues">
      {issues.map((issue, at) => {
        const { path = '', message = '' } = issue as { path?: string; message?: string };
        return (
          <li key={at}>
            <span className="mono">{visible(path === '' ? '/' : path)}</span> {visible(message)}
          </li>
        );
      })}
    </ul>
  );
}

const WOULD = {
  run: 'It would run at once.',
  ask: 'It would ask a person first.',
  refuse: 'It would be refused.',
} as const;

function Dry({ run: { would, rule, reason, issues } }: { run: DryRun }) {
  const because = (reason ?? rule ?? '').replaceAll('_', ' ');
  return (
    <div className="note" data-testid="dry-run">
      <p>
        <strong>{WOULD[would] ?? would}</strong> {because !== '' && sentence(visible(because))}
      </p>
      {issues.length > 0 && <Issues issues={issues} />}
      <p className="dim">Nothing was sent.</p>
    </div>
  );
}

/** Becomes the result when somebody has decided. */
function Waits({ waits: { approval_id, expires_at } }: { waits: CallWaits }) {
  const { data } = useQuery(followed(approval_id));
  const now = useNow(1_000);
  const ends = left(expires_at, now);
  if (data?.call?.answer) return <ResultView answer={data.call.answer} />;
  if (data !== undefined && data.status !== 'pending' && data.status !== 'approved') {
    return (
      <p className="note" role="status">
        {endWords(data)}.{data.decision_reason !== null && ` Reason: ${visible(data.decision_reason)}`}
      </p>
    );
  }
  return (
    <div className="note note-you" role="status" data-testid="waits">
      <p>
        <strong>{data?.status === 'approved' ? 'Approved: it runs.' : 'Waits for approval.'}</strong>{' '}
        {data?.status !== 'approved' && ends !== undefined && (
          <>
            <span className="mono">{ends}</span> left.
          </>
        )}
      </p>
      <Link to="/approvals/$approvalId" params={{ approvalId: approval_id }} className="button">
        {data?.can_decide === true ? 'Decide' : 'Look at the request'}
      </Link>
    </div>
  );
}
