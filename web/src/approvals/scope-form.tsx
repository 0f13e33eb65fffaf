import type { ScopeType } from '../api/approval-types.js';
import { Field } from '../ui/field.js';
import { visible } from '../ui/visible.js';
import { SCOPE_WORDS } from './approval-words.js';
import { isPlain, SCOPE_EXPIRIES, type MatchRow, type ScopeDraft } from './scope.js';

interface ScopeFormProps {
  draft: ScopeDraft;
  types: readonly ScopeType[];
  onChange: (draft: ScopeDraft) => void;
}

/** For what else the approval shall stand. */
export function ScopeForm({ draft, types, onChange }: ScopeFormProps) {
  return (
    <fieldset className="choice scope">
      <legend className="field-label">Approve</legend>
      {types.map((type) => (
        <label key={type} className="check">
          <input
            type="radio"
            name="scope"
            checked={draft.type === type}
            onChange={() => onChange({ ...draft, type })}
          />
          {type === 'once' ? 'this call only' : SCOPE_WORDS[type]}
        </label>
      ))}
      {draft.type === 'matching' && <Rows rows={draft.rows} onChange={(rows) => onChange({ ...draft, rows })} />}
      {draft.type !== 'once' && (
        <div className="field-row">
          {draft.type !== 'session' && (
            <Field label="It ends after, or when it is revoked">
              <select
                className="input"
                value={draft.expiry}
                onChange={(event) => onChange({ ...draft, expiry: event.target.value })}
              >
                {SCOPE_EXPIRIES.map(({ value, words }) => (
                  <option key={value} value={value}>
                    {value === '' ? 'only when it is revoked' : words}
                  </option>
                ))}
              </select>
            </Field>
          )}
          <Field label="At most so many more calls (optional)">
            <input
              className="input mono"
              inputMode="numeric"
              placeholder="no limit"
              value={draft.uses}
              onChange={(event) => onChange({ ...draft, uses: event.target.value })}
            />
          </Field>
        </div>
      )}
    </fieldset>
  );
}

function Rows({ rows, onChange }: { rows: MatchRow[]; onChange: (rows: MatchRow[]) => void }) {
  if (rows.length === 0) return <p className="dim">This call has no arguments to match.</p>;
  const change = (at: number, part: Partial<MatchRow>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <div className="match">
      {rows.map(({ pointer, value, rule, prefix }, at) => (
        <div key={pointer} className="match-row">
          <span className="mono match-name">{visible(pointer.slice(1))}</span>
          <select
            className="input match-rule"
            aria-label={`How ${pointer.slice(1)} must be`}
            value={rule}
            onChange={(event) => change(at, { rule: event.target.value as MatchRow['rule'] })}
          >
            {isPlain(value) && <option value="equals">is</option>}
            {typeof value === 'string' && <option value="prefix">begins with</option>}
            <option value="any">is anything</option>
          </select>
          {rule === 'prefix' ? (
            <input
              className="input mono"
              aria-label={`What ${pointer.slice(1)} begins with`}
              value={prefix}
              onChange={(event) => change(at, { prefix: event.target.value })}
            />
          ) : (
            <span className="mono match-value dim">
              {rule === 'any' ? 'not looked at' : visible(JSON.stringify(value) ?? '')}
            </span>
          )}
        </div>
      ))}
      <p className="dim field-hint">
        Lists, and arguments that this call does not have, may be anything. A beginning ends where a name does: /srv/a
        lets /srv/a/b through, and not /srv/ab.
      </p>
    </div>
  );
}
