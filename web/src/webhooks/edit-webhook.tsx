import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/http.js';
import type { NewWebhook, Webhook } from '../api/webhook-types.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNote } from '../ui/feedback.js';
import { fieldsOf, isToldAt, TextField } from '../ui/field.js';
import { EVENT_TYPES, EVENT_WORDS } from './webhook-words.js';

const FORM = 'edit-webhook';

interface EditWebhookProps {
  /** Undefined for a new one. */
  webhook: Webhook | undefined;
  onClose: () => void;
  onSaved: (webhook: Webhook | NewWebhook) => void;
}

export function EditWebhook({ webhook, onClose, onSaved }: EditWebhookProps) {
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [description, setDescription] = useState(webhook?.description ?? '');
  const [events, setEvents] = useState<readonly string[]>(webhook?.events ?? []);
  const saving = useMutation({
    mutationFn: (): Promise<Webhook | NewWebhook> => {
      const said = description.trim();
      if (webhook !== undefined) {
        const body = { url: url.trim(), events, description: said || null };
        return call<Webhook>('PATCH', `/webhooks/${webhook.id}`, { body });
      }
      const body = { url: url.trim(), events, ...(said === '' ? {} : { description: said }) };
      return call<NewWebhook>('POST', '/webhooks', { body });
    },
    onSuccess: onSaved,
  });
  const fields = fieldsOf(saving.error);
  return (
    <Dialog
      title={webhook === undefined ? 'New webhook' : 'Edit webhook'}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            form={FORM}
            className="button button-primary"
            disabled={saving.isPending || url.trim() === '' || events.length === 0}
          >
            {saving.isPending ? 'Saving…' : webhook === undefined ? 'Make webhook' : 'Save'}
          </button>
        </>
      }
    >
      <form
        id={FORM}
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <TextField
          label="URL"
          type="url"
          required
          placeholder="https://example.com/hooks"
          value={url}
          onChange={setUrl}
          error={fields.url}
        />
        <TextField
          label="What it is for (optional)"
          maxLength={200}
          value={description}
          onChange={setDescription}
          error={fields.description}
        />
        <fieldset className="choice">
          <legend className="field-label">It is told when</legend>
          {EVENT_TYPES.map((type) => (
            <label key={type} className="check">
              <input
                type="checkbox"
                checked={events.includes(type)}
                onChange={({ target }) =>
                  setEvents(target.checked ? [...events, type] : events.filter((one) => one !== type))
                }
              />
              <span>
                {EVENT_WORDS[type]} <span className="mono dim">{type}</span>
              </span>
            </label>
          ))}
          {fields.events !== undefined && <span className="form-error">{fields.events}</span>}
        </fieldset>
      </form>
      {saving.isError && !isToldAt(saving.error, ['url', 'description', 'events']) && (
        <ErrorNote error={saving.error} />
      )}
    </Dialog>
  );
}
