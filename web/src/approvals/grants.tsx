import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { approvalsChanged, grantsQuery } from '../api/approval-queries.js';
import type { Grant } from '../api/approval-types.js';
import { call } from '../api/http.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { moment, plural } from '../ui/format.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { grantWords } from './approval-words.js';

/** What was approved for more than once, to look at and take back. */
export function Grants() {
  const grants = useQuery(grantsQuery);
  return (
    <>
      <p className="dim">
        What you chose to remember: such calls run without asking. A permission ends by itself when the definition of
        its tool or the account of its server changes.
      </p>
      {grants.isPending && <Loading what="remembered permissions" />}
      {grants.isError && <ErrorNote error={grants.error} onRetry={() => void grants.refetch()} />}
      {grants.data?.length === 0 && <p className="empty">Nothing is remembered: every call asks as its policy says.</p>}
      {grants.data && grants.data.length > 0 && (
        <ul className="entries" data-testid="grants">
          {grants.data.map((grant) => (
            <Entry key={grant.id} grant={grant} />
          ))}
        </ul>
      )}
    </>
  );
}

function Entry({ grant }: { grant: Grant }) {
  const { id, server, tool, uses_left, expires_at, created_at, session_id, last_used_at } = grant;
  const revoking = useMutation({
    mutationFn: () => call('DELETE', `/approvals/grants/${id}`),
    onSuccess: approvalsChanged,
  });
  return (
    <li className="entry">
      <div className="entry-text">
        <p>
          <strong className="mono">{visible(tool)}</strong> <span className="mono">· {visible(server.name)}</span>
        </p>
        <p>{visible(grantWords(grant))}</p>
        <p className="entry-meta dim">
          <span>
            given <Moment at={created_at} exact={false} />
          </span>
          {uses_left !== null && <span>{plural(uses_left, 'call')} left</span>}
          <span>{expires_at === null ? 'until it is revoked' : `until ${moment(expires_at)}`}</span>
          <span>
            {last_used_at === null ? (
              'never used'
            ) : (
              <>
                used <Moment at={last_used_at} exact={false} />
              </>
            )}
          </span>
          {session_id !== null && (
            <Link to="/s/$sessionId" params={{ sessionId: session_id }}>
              session
            </Link>
          )}
        </p>
        {revoking.isError && <ErrorNote error={revoking.error} />}
      </div>
      <div className="entry-actions">
        <Confirm
          label="Revoke"
          about={`${tool}, ${server.name}`}
          question="It will ask again."
          sure="Revoke"
          busy={revoking.isPending}
          run={() => revoking.mutate()}
        />
      </div>
    </li>
  );
}
