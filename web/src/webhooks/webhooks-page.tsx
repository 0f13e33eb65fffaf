import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import { queryClient } from '../api/queries.js';
import { webhooksQuery } from '../api/webhook-queries.js';
import type { NewWebhook, Webhook } from '../api/webhook-types.js';
import { SettingsPage } from '../settings/settings-page.js';
import { Confirm } from '../ui/confirm.js';
import { ErrorNote, Loading } from '../ui/feedback.js';
import { moment } from '../ui/format.js';
import { Moment } from '../ui/moment.js';
import { visible } from '../ui/visible.js';
import { Deliveries } from './deliveries.js';
import { EditWebhook } from './edit-webhook.js';
import { ShowSecret } from './show-secret.js';

type Open =
  | { dialog: 'none' }
  | { dialog: 'edit'; webhook: Webhook | undefined }
  | { dialog: 'secret'; url: string; secret: string }
  | { dialog: 'deliveries'; webhook: Webhook };

const refresh = () => queryClient.invalidateQueries({ queryKey: webhooksQuery.queryKey });

export function WebhooksPage() {
  const webhooks = useQuery(webhooksQuery);
  const [open, setOpen] = useState<Open>({ dialog: 'none' });
  const close = () => setOpen({ dialog: 'none' });
  const saved = (webhook: Webhook | NewWebhook) => {
    void refresh();
    if ('secret' in webhook) setOpen({ dialog: 'secret', url: webhook.url, secret: webhook.secret });
    else close();
  };
  return (
    <SettingsPage path="webhooks">
      <div className="section-head">
        <p className="dim">Your programs are told what happens here, by signed requests that are tried for a day.</p>
        <button
          type="button"
          className="button button-primary"
          onClick={() => setOpen({ dialog: 'edit', webhook: undefined })}
        >
          New webhook
        </button>
      </div>
      {webhooks.isPending && <Loading what="webhooks" />}
      {webhooks.isError && <ErrorNote error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
      {webhooks.data?.length === 0 && <p className="empty">No webhooks yet: nobody outside is told.</p>}
      {webhooks.data && webhooks.data.length > 0 && (
        <ul className="entries" data-testid="webhooks">
          {webhooks.data.map((webhook) => (
            <Entry
              key={webhook.id}
              webhook={webhook}
              onEdit={() => setOpen({ dialog: 'edit', webhook })}
              onDeliveries={() => setOpen({ dialog: 'deliveries', webhook })}
              onSecret={(secret) => setOpen({ dialog: 'secret', url: webhook.url, secret })}
            />
          ))}
        </ul>
      )}
      {open.dialog === 'edit' && <EditWebhook webhook={open.webhook} onClose={close} onSaved={saved} />}
      {open.dialog === 'secret' && <ShowSecret url={open.url} secret={open.secret} onClose={close} />}
      {open.dialog === 'deliveries' && <Deliveries webhook={open.webhook} onClose={close} />}
    </SettingsPage>
  );
}

interface EntryProps {
  webhook: Webhook;
  onEdit: () => void;
  onDeliveries: () => void;
  onSecret: (secret: string) => void;
}

/** For how long the old secret signs, too, after a rotation: a day. */
const OVERLAP_SECONDS = 86_400;

function Entry({ webhook, onEdit, onDeliveries, onSecret }: EntryProps) {
  const { id, url, description, events, enabled, disabled_reason, secret_hint, last_delivery } = webhook;
  const path = `/webhooks/${id}`;
  const changing = useMutation({
    mutationFn: () => call('PATCH', path, { body: { enabled: !enabled } }),
    onSettled: refresh,
  });
  const testing = useMutation({ mutationFn: () => call('POST', `${path}/test`, { body: {} }), onSettled: refresh });
  const rotating = useMutation({
    mutationFn: () =>
      call<{ secret: string }>('POST', `${path}/rotate-secret`, { body: { overlap_seconds: OVERLAP_SECONDS } }),
    onSuccess: ({ secret }) => {
      void refresh();
      onSecret(secret);
    },
  });
  const deleting = useMutation({ mutationFn: () => call('DELETE', path), onSettled: refresh });
  const failed = [changing, testing, rotating, deleting].find(({ isError }) => isError);
  return (
    <li className="entry" data-webhook={id}>
      <div className="entry-text">
        <p>
          <strong className="mono">{visible(url)}</strong> {!enabled && <span className="tag tag-warn">off</span>}
        </p>
        {description !== null && description !== '' && <p>{visible(description)}</p>}
        <p className="entry-meta">
          <span className="mono">{events.join(' ')}</span>
        </p>
        {disabled_reason !== null && <p className="form-error">{visible(disabled_reason)}</p>}
        <p className="entry-meta dim">
          {last_delivery === null ? (
            <span>nothing delivered yet</span>
          ) : (
            <span>
              last delivery {last_delivery.status} <Moment at={last_delivery.at} exact={false} />
            </span>
          )}
          <span className="mono">secret …{secret_hint}</span>
          {webhook.previous_secret_until !== null && (
            <span>the secret before signs until {moment(webhook.previous_secret_until)}</span>
          )}
        </p>
        {testing.isSuccess && <p role="status">A test message is on its way: see the deliveries.</p>}
        {failed && <ErrorNote error={failed.error} />}
      </div>
      <div className="entry-actions">
        <button type="button" className="button" aria-label={`Deliveries to ${url}`} onClick={onDeliveries}>
          Deliveries
        </button>
        <button
          type="button"
          className="button"
          aria-label={`Test ${url}`}
          disabled={testing.isPending}
          onClick={() => testing.mutate()}
        >
          Test
        </button>
        <button type="button" className="button" aria-label={`Edit ${url}`} onClick={onEdit}>
          Edit
        </button>
        <button
          type="button"
          className="button"
          aria-label={`${enabled ? 'Turn off' : 'Turn on'} ${url}`}
          disabled={changing.isPending}
          onClick={() => changing.mutate()}
        >
          {enabled ? 'Turn off' : 'Turn on'}
        </button>
        <Confirm
          label="Rotate secret"
          about={url}
          question="Both secrets sign for a day."
          sure="Rotate"
          busy={rotating.isPending}
          run={() => rotating.mutate()}
        />
        <Confirm
          label="Delete"
          about={url}
          question="It is told nothing more."
          sure="Delete"
          busy={deleting.isPending}
          run={() => deleting.mutate()}
        />
      </div>
    </li>
  );
}
