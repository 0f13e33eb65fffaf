import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { queryClient } from '../api/queries.js';
import { deliveriesQuery } from '../api/webhook-queries.js';
import type { Delivery, Webhook } from '../api/webhook-types.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { duration, moment, plural } from '../ui/format.js';
import { JsonView } from '../ui/json-tree.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';

const STATUSES = ['pending', 'succeeded', 'failed'] as const;

/** What was sent where, how often, and what was answered. */
export function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const [status, setStatus] = useState('');
  const query = useInfiniteQuery(deliveriesQuery(webhook.id, status));
  const rows = query.data?.pages.flatMap((page) => page.deliveries) ?? [];
  return (
    <Dialog title="Deliveries" onClose={onClose} side testId="deliveries">
      <p className="mono">{visible(webhook.url)}</p>
      <label className="field">
        <span className="field-label">Status</span>
        <select className="input" value={status} onChange={(event) => setStatus(event.target.value)}>
          <option value="">every status</option>
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {query.isPending && <Loading what="deliveries" />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <p className="empty">Nothing was sent yet.</p>}
      <ul className="entries">
        {rows.map((delivery) => (
          <Row key={delivery.id} webhookId={webhook.id} delivery={delivery} />
        ))}
      </ul>
      {query.hasNextPage && (
        <button type="button" className="button" onClick={() => void query.fetchNextPage()}>
          Earlier
        </button>
      )}
    </Dialog>
  );
}

function Row({ webhookId, delivery }: { webhookId: string; delivery: Delivery }) {
  const { id, type, status, attempts, next_try_at, response_status, error, duration_ms, at, payload } = delivery;
  const again = useMutation({
    mutationFn: () => call('POST', `/webhooks/${webhookId}/deliveries/${id}/redeliver`, { body: {} }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['deliveries', webhookId] }),
  });
  const tone = status === 'failed' ? 'tag tag-err' : status === 'succeeded' ? 'tag tag-ok' : 'tag';
  return (
    <li className="entry" data-status={status}>
      <div className="entry-text">
        <p>
          <span className="mono">{type}</span> <span className={tone}>{status}</span>
        </p>
        <p className="entry-meta dim">
          <Moment at={at} />
          <span>{plural(attempts, 'try', 'tries')}</span>
          {response_status !== null && <span>answered {response_status}</span>}
          {duration_ms !== null && <span>{duration(duration_ms)}</span>}
          {next_try_at !== null && <span>next try {moment(next_try_at)}</span>}
        </p>
        {error !== null && <p className="form-error">{visible(error)}</p>}
        <details className="fold">
          <summary>what was sent</summary>
          <JsonView name="The message" value={payload} />
        </details>
        {again.isError && <ErrorNote error={again.error} />}
      </div>
      <button type="button" className="button" disabled={again.isPending} onClick={() => again.mutate()}>
        Send again
      </button>
    </li>
  );
}
