import { useMutation } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { isRecord, newId } from '@app/session-protocol/client';
import { approvalsChanged } from '../api/approval-queries.js';
import type { ApprovalDetail, DecisionBody, ScopeType } from '../api/approval-types.js';
import { call } from '../api/http.js';
import { Problem } from '../api/problem.js';
import { toolsChanged } from '../api/queries.js';
import { keyName } from '../app/keys.js';
import { ErrorNote } from '../ui/feedback.js';
import { inTextField } from '../ui/text-field.js';
import { readScope, rowsOf, SCOPE_EXPIRIES, type ScopeDraft } from './scope.js';
import { ScopeForm } from './scope-form.js';

interface DecideProps {
  approval: ApprovalDetail;
  /** It was decided already when the decision came. */
  onLate: () => void;
}

/** The decision itself: arguments as they shall be, for how long it stands, a reason; `y` and `n` where one reads. */
export function Decide({ approval, onLate }: DecideProps) {
  const { id, kind } = approval;
  const [reason, setReason] = useState('');
  const [denying, setDenying] = useState(false);
  const [edited, setEdited] = useState<string>();
  const types = useMemo(() => scopesOf(approval), [approval]);
  const [scope, setScope] = useState<ScopeDraft>(() => ({
    type: 'once',
    rows: rowsOf(approval.arguments ?? {}),
    uses: '',
    expiry: SCOPE_EXPIRIES[0].value,
  }));
  // Sent twice, it is one decision.
  const [decisionId] = useState(newId);
  const reasonField = useRef<HTMLInputElement>(null);
  const deciding = useMutation({
    mutationFn: (body: DecisionBody) =>
      call('POST', `/approvals/${id}/decide`, { body: { ...body, decision_id: decisionId } }),
    onError: (error) => {
      if (wasLate(error)) onLate();
    },
    onSettled: () => {
      if (kind === 'tool') toolsChanged(approval.server.id);
      else approvalsChanged();
    },
  });
  const values = edited === undefined ? undefined : readArguments(edited);
  const read = readScope(scope);
  const wrong = (values !== undefined && !values.ok) || !read.ok;
  const decide = (decision: 'approve' | 'deny') => {
    if (deciding.isPending || deciding.isSuccess) return;
    const given = reason.trim() === '' ? {} : { reason: reason.trim() };
    if (decision === 'deny') deciding.mutate({ decision, ...given });
    else if (!wrong) {
      deciding.mutate({
        decision,
        ...given,
        ...(values?.ok === true ? { arguments: values.values } : {}),
        ...(kind !== 'tool' && read.ok && read.scope.type !== 'once' ? { scope: read.scope } : {}),
      });
    }
  };
  const latest = useRef(decide);
  latest.current = decide;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || inTextField(event.target) || document.querySelector('dialog[open]')) return;
      const name = keyName(event);
      // What has the focus in the list is what one means, and that may be another one.
      const other = document.activeElement?.closest('.ask[data-current=false]') ?? null;
      if (other !== null || (name !== 'y' && name !== 'n')) return;
      event.preventDefault();
      if (name === 'y') return latest.current('approve');
      setDenying(true);
      reasonField.current?.focus();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);

  return (
    <form
      className="decide"
      aria-label="Decide"
      onSubmit={(event) => {
        event.preventDefault();
        // Enter in a field denies for who pressed `n`, and for nobody else.
        if (denying && document.activeElement === reasonField.current) decide('deny');
      }}
    >
      {kind !== 'tool' && approval.arguments !== null && (
        <Arguments text={edited} given={approval.arguments} onChange={setEdited} />
      )}
      {values?.ok === false && <p className="form-error">{values.why}</p>}
      {kind !== 'tool' && types.length > 1 && <ScopeForm draft={scope} types={types} onChange={setScope} />}
      {!read.ok && (
        <p className="form-error" role="alert">
          {read.why}
        </p>
      )}
      <label className="field">
        <span className="field-label">{denying ? 'Reason (optional): Enter denies' : 'Reason (optional)'}</span>
        <input
          ref={reasonField}
          className="input"
          maxLength={500}
          value={reason}
          onBlur={() => setDenying(false)}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <div className="row">
        <button
          type="button"
          className="button button-primary"
          disabled={deciding.isPending || wrong}
          onClick={() => decide('approve')}
        >
          {approveWords(kind, scope.type)} <kbd>y</kbd>
        </button>
        <button type="button" className="button" disabled={deciding.isPending} onClick={() => decide('deny')}>
          {kind === 'tool' ? 'Reject' : 'Deny'} <kbd>n</kbd>
        </button>
        {deciding.isPending && <span role="status">Deciding…</span>}
      </div>
      {deciding.isError && !wasLate(deciding.error) && <ErrorNote error={deciding.error} />}
    </form>
  );
}

const approveWords = (kind: string, scope: ScopeType): string => {
  if (kind === 'tool') return 'Approve this definition';
  return scope === 'once' ? 'Approve once' : 'Approve and remember';
};

const wasLate = (error: unknown): boolean => error instanceof Problem && error.code === 'ALREADY_DECIDED';

function scopesOf({ kind, session_id, arguments: values }: ApprovalDetail): ScopeType[] {
  if (kind === 'tool') return [];
  const matching = values !== null && Object.keys(values).length > 0;
  return [
    'once',
    ...(session_id === null ? [] : ['session' as const]),
    'tool',
    ...(matching ? ['matching' as const] : []),
  ];
}

interface ArgumentsProps {
  /** As edited; undefined while they are as given. */
  text: string | undefined;
  given: Record<string, unknown>;
  onChange: (text: string | undefined) => void;
}

function Arguments({ text, given, onChange }: ArgumentsProps) {
  if (text === undefined) {
    return (
      <button type="button" className="text-button" onClick={() => onChange(JSON.stringify(given, null, 2))}>
        Edit the arguments
      </button>
    );
  }
  return (
    <div className="field">
      <label className="field-label" htmlFor="decide-arguments">
        Arguments that shall be sent instead
      </label>
      <textarea
        id="decide-arguments"
        className="input mono"
        rows={Math.min(16, Math.max(4, text.split('\n').length))}
        spellCheck={false}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
      <button type="button" className="text-button" onClick={() => onChange(undefined)}>
        As they were
      </button>
    </div>
  );
}

type Read = { ok: true; values: Record<string, unknown> } | { ok: false; why: string };

function readArguments(text: string): Read {
  try {
    const values: unknown = JSON.parse(text);
    return isRecord(values) ? { ok: true, values } : { ok: false, why: 'Arguments are a JSON object.' };
  } catch (error) {
    return { ok: false, why: `Not valid JSON: ${error instanceof Error ? error.message : ''}` };
  }
}
