import { useMutation, useQuery } from '@tanstack/react-query';
import { approvalMailsQuery } from '../api/approval-queries.js';
import type { ApprovalMails as Wish } from '../api/approval-types.js';
import { call } from '../api/http.js';
import { queryClient } from '../api/queries.js';
import { ErrorNote } from '../ui/feedback.js';
import { Field } from '../ui/field.js';

const WISHES: Record<Wish, string> = {
  own: 'what is mine: calls with my keys, tools of servers that I added',
  all: 'everything that I may decide',
  none: 'nothing',
};

/** About what one is mailed while it waits for a decision; kept as soon as it is chosen. */
export function ApprovalMails() {
  const wish = useQuery(approvalMailsQuery);
  const changing = useMutation({
    mutationFn: (approval_mails: Wish) => call('PATCH', '/approvals/settings', { body: { approval_mails } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: approvalMailsQuery.queryKey }),
  });
  return (
    <section className="section narrow-form" aria-labelledby="approval-mails">
      <h2 id="approval-mails">Mail</h2>
      {wish.isError && <ErrorNote error={wish.error} onRetry={() => void wish.refetch()} />}
      {wish.data !== undefined && (
        <Field label="Mail me when this waits for a decision" hint="At most one a minute; a link in it decides once.">
          <select
            className="input"
            value={changing.isPending ? changing.variables : wish.data}
            disabled={changing.isPending}
            onChange={(event) => changing.mutate(event.target.value as Wish)}
          >
            {Object.entries(WISHES).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </Field>
      )}
      {changing.isError && <ErrorNote error={changing.error} />}
      <p role="status" className="dim">
        {changing.isSuccess ? 'Kept.' : ''}
      </p>
    </section>
  );
}
