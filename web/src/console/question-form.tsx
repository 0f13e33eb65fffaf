import type { InputRequest } from '@app/session-protocol';
import { useMemo, useState } from 'react';
import { useMay } from '../api/identity-queries.js';
import { clock } from '../ui/format.js';
import { useConnected, useLive, useLiveSession } from './live-context.js';
import { SchemaFields } from './schema-fields.js';
import { fieldsOf, readForm } from './schema-form.js';

const ANSWERED: Record<string, string> = {
  accept: 'answered',
  decline: 'declined',
  cancel: 'cancelled',
  expired: 'expired without an answer',
};

/** A tool's question to the person. The one who asks is named, so that it cannot pose as the agent. */
export function QuestionForm({ request, action }: { request: InputRequest; action: string | undefined }) {
  const live = useLiveSession();
  const mayUse = useMay('sessions.use');
  const connected = useConnected();
  const open = useLive((state) => state.session.questions.some((one) => one.request_id === request.request_id));
  const fields = useMemo(() => fieldsOf(request.schema), [request.schema]);
  const [raw, setRaw] = useState<Record<string, string>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [sent, setSent] = useState(false);
  const asks = (
    <p>
      <span className="tag">{request.server_name}</span> asks: <span className="plain">{request.message}</span>
    </p>
  );
  if (action !== undefined || !open) {
    return (
      <>
        {asks}
        <p className="dim">{ANSWERED[action ?? 'expired'] ?? action}</p>
      </>
    );
  }
  if (!mayUse) return asks;

  const answer = (reply: 'accept' | 'decline' | 'cancel') => {
    const { request_id } = request;
    if (reply !== 'accept' || request.kind === 'url') {
      setSent(live.answer({ request_id, action: reply }));
      return;
    }
    const read = readForm(fields, raw);
    setErrors(read.ok ? {} : read.errors);
    if (read.ok) setSent(live.answer({ request_id, action: 'accept', content: read.values }));
  };
  const disabled = !connected || sent;

  return (
    <form
      className="question"
      data-testid="question"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        answer('accept');
      }}
    >
      {asks}
      {request.kind === 'url' && request.url !== undefined && (
        <p>
          It wants you to open{' '}
          <a href={/^https?:/i.test(request.url) ? request.url : undefined} target="_blank" rel="noopener noreferrer">
            {request.url}
          </a>
        </p>
      )}
      <SchemaFields
        fields={fields}
        raw={raw}
        errors={errors}
        disabled={disabled}
        onChange={(name, value) => setRaw({ ...raw, [name]: value })}
      />
      <div className="row">
        <button type="submit" className="button button-primary" disabled={disabled}>
          {request.kind === 'url' ? 'I have done it' : 'Send answer'}
        </button>
        <button type="button" className="button" disabled={disabled} onClick={() => answer('decline')}>
          Decline
        </button>
        <button type="button" className="button button-quiet" disabled={disabled} onClick={() => answer('cancel')}>
          Cancel
        </button>
        <span className="dim">{connected ? `until ${clock(request.expires_at)}` : 'Answers need a connection.'}</span>
      </div>
    </form>
  );
}
